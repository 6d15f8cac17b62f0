"""Owns reading slips with other people's programs: npos reads their bytes, tesseract the letters of their pictures."""

import base64
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageOps

_NPOS = Path(__file__).parent / "npos"
_SEARCHED = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # ./test may have put Node there
_STORE, _PRINT = 80, 81  # functions of GS ( k
_LOWEST_LINE, _LARGEST_LETTER, _USUAL_LETTER = 6, 110, 60  # dots
_WITHIN_A_LINE = 6  # dots of white, as between the strokes of a character
_MARGIN = 12  # dots, which tesseract wants around a line


class Unreadable(Exception):
    """npos does not know a byte of the job."""


@dataclass(frozen=True)
class Decoded:
    """A job as npos reads it: its text, its commands by name with their parameters, its pictures in black on white.

    npos takes all text for GB18030: letters with accents, which are sent in a code page, stand in `commands` only.
    """

    text: str
    commands: list[tuple[str, bytes]]
    pictures: list[Image.Image]

    @property
    def symbol_functions(self) -> list[int]:
        """The functions of GS ( k in their order; all are told of a QR code."""
        bodies = [body for name, body in self.commands if name == "GS(k"]
        assert all(body[2:3] == b"1" for body in bodies), "not a QR code"
        return [body[3] for body in bodies]

    @property
    def qr_codes(self) -> list[str]:
        """What a phone reads: of codes that the printer draws, and of those in pictures."""
        stored, found = "", []
        for name, body in self.commands:
            if name == "GS(k" and body[3] == _STORE:
                stored = body[5:].decode()
            elif name == "GS(k" and body[3] == _PRINT:
                found.append(stored)
        drawn = [code.text for picture in self.pictures for code in zxingcpp.read_barcodes(picture)]
        return found + drawn


def decode(jobs: Iterable[bytes]) -> list[Decoded]:
    """Jobs as npos reads them. Raises `Unreadable`."""
    node = shutil.which("node", path=_SEARCHED)
    assert node, "there is no Node: ./test sets it up"
    assert (_NPOS / "node_modules").exists(), "there is no npos: ./test sets it up"
    done = subprocess.run(
        [node, _NPOS / "decode.js"],
        input="\n".join(job.hex() for job in jobs),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Unreadable(done.stderr)
    return [_decoded(json.loads(line)) for line in done.stdout.splitlines()]


def _decoded(read: dict[str, Any]) -> Decoded:
    files = [io.BytesIO(base64.b64decode(picture)) for picture in read["pictures"]]
    return Decoded(
        text=read["text"],
        commands=[(name, bytes.fromhex(body)) for name, body in read["commands"]],
        pictures=[Image.open(file).convert("L") for file in files],
    )


def letters(pictures: list[Image.Image]) -> list[list[str]]:
    """The lines of letters in each picture as tesseract reads them, without spaces; the same line is read once."""
    slips = [[_as_page(line) for line in _lines(_without_codes(picture))] for picture in pictures]
    pages = {page.tobytes(): page for slip in slips for page in slip}
    read = dict(zip(pages, _tesseract(pages.values()), strict=True))
    return [[text for page in slip if (text := read[page.tobytes()])] for slip in slips]


def _without_codes(picture: Image.Image) -> Image.Image:
    clean = picture.copy()
    for code in zxingcpp.read_barcodes(picture):
        first, last = code.position.top_left, code.position.bottom_right
        ImageDraw.Draw(clean).rectangle((first.x - 6, first.y - 6, last.x + 6, last.y + 6), fill=255)
    return clean


def _lines(picture: Image.Image) -> Iterator[Image.Image]:
    inked = np.flatnonzero((np.asarray(picture) < 128).any(axis=1))
    for rows in np.split(inked, np.flatnonzero(np.diff(inked) > _WITHIN_A_LINE) + 1):
        if len(rows) >= _LOWEST_LINE:  # a thin line is no text
            yield picture.crop((0, int(rows[0]), picture.width, int(rows[-1]) + 1))


def _as_page(line: Image.Image) -> Image.Image:
    page = ImageOps.expand(line, _MARGIN, 255)
    if page.height <= _LARGEST_LETTER:
        return page
    return page.resize((page.width * _USUAL_LETTER // page.height, _USUAL_LETTER), Image.Resampling.LANCZOS)


def _tesseract(pages: Iterable[Image.Image]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, page in enumerate(pages):
            files.append(Path(folder) / f"{number}.png")
            page.save(files[-1], dpi=(203, 203))
        listed = Path(folder) / "pages.txt"
        listed.write_text("".join(f"{file}\n" for file in files))
        command = ["tesseract", str(listed), "-", "-l", "chi_sim+eng", "--psm", "7"]  # 7: each picture is one line
        env = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    return ["".join(text.split()) for text in done.stdout.split("\f")[: len(files)]]
