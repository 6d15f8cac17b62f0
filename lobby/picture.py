"""Owns the picture of a comparison: bars per rule in three panels, as SVG or, through Pillow, as PNG."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from lobby.comparing import Row
from lobby.errors import BadSetting

PANELS = (
    ("VIPs called within 10 min, %", "vip_within_10_min_percent"),
    ("Ordinary customers' mean wait, min", "ordinary_mean_min"),
    ("Overtakes per ordinary customer", "overtakes_per_ordinary"),
)
WIDTH, MARGIN, LABEL, VALUE, BAR, GAP, HEADING, FONT = 720, 24, 80, 70, 22, 8, 40, 14
INK, PAPER, OURS, OTHERS = "#1f2933", "#ffffff", "#1d6fb8", "#b8c4ce"


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle, in pixels."""

    x: float
    y: float
    width: float
    colour: str


@dataclass(frozen=True, slots=True)
class Text:
    """Words whose middle line is at `y`, from `x` on, in pixels."""

    x: float
    y: float
    words: str


def draw(rows: Sequence[Row], file: Path) -> None:
    """Write the picture in the format of the file's ending. Raises `BadSetting` for another one than svg or png."""
    shapes = [shape for n, (title, key) in enumerate(PANELS) for shape in _panel(title, key, rows, n)]
    height = MARGIN + len(PANELS) * _panel_height(rows)
    if file.suffix == ".svg":
        file.write_text(_svg(shapes, height), "utf-8")
    elif file.suffix == ".png":
        _png(shapes, height).save(file)
    else:
        raise BadSetting(setting="--picture", reason=f"“{file.name}” should end in .svg or .png")


def _panel_height(rows: Sequence[Row]) -> int:
    return HEADING + len(rows) * (BAR + GAP) + GAP


def _panel(title: str, key: str, rows: Sequence[Row], place: int) -> Iterator[Bar | Text]:
    """A heading and a bar for each rule; every panel has its own scale, which starts at 0."""
    top = MARGIN + place * _panel_height(rows)
    values = [float(row[key] or 0) for row in rows]
    scale = (WIDTH - 2 * MARGIN - LABEL - VALUE) / (max(values) or 1)
    yield Text(MARGIN, top + HEADING / 2, title)
    for n, (row, value) in enumerate(zip(rows, values, strict=True)):
        y = top + HEADING + n * (BAR + GAP)
        yield Text(MARGIN, y + BAR / 2, str(row["rule"]))
        yield Bar(MARGIN + LABEL, y, value * scale, OURS if row["rule"] == "promise" else OTHERS)
        yield Text(MARGIN + LABEL + value * scale + GAP, y + BAR / 2, "–" if row[key] is None else f"{value:g}")


def _svg(shapes: Sequence[Bar | Text], height: int) -> str:
    parts = [
        f'<rect x="{s.x:g}" y="{s.y:g}" width="{s.width:.1f}" height="{BAR}" fill="{s.colour}"/>'
        if isinstance(s, Bar)
        else f'<text x="{s.x:.1f}" y="{s.y:g}" dominant-baseline="central">{escape(s.words)}</text>'
        for s in shapes
    ]
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="{FONT}" fill="{INK}">'
    )
    return "\n".join([opening, f'<rect width="100%" height="100%" fill="{PAPER}"/>', *parts, "</svg>\n"])


def _png(shapes: Sequence[Bar | Text], height: int) -> Image.Image:
    image = Image.new("RGB", (WIDTH, height), PAPER)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(FONT)
    for shape in shapes:
        if isinstance(shape, Bar):
            pen.rectangle((shape.x, shape.y, shape.x + shape.width, shape.y + BAR), fill=shape.colour)
        else:
            pen.text((shape.x, shape.y), shape.words, INK, font, anchor="lm")
    return image
