"""Owns the colours of the lobby displays: a store's two colours → every colour of the screen, and whether each reads.

Contrast is WCAG 2.2's. Everything a display writes stands on the background or on a surface a little lighter than it,
so the check is made with exactly the colours that the screens are given. Pure.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from db.errors import LobbyError
from db.setting_records import Theme

LEAST = 4.5
"""WCAG 2.2 AA for text."""
USUAL_ACCENT, USUAL_GROUND = "#FFC83D", "#081B21"
_TEXT, _MUTED, _GOLD = "#F5F7F4", "#A8BFC4", "#F6D78B"
_DARK, _WHITE, _BLACK = "#1A1400", "#FFFFFF", "#000000"
_USUAL_SURFACES = {"--night-2": "#112D35", "--night-3": "#1B3D46", "--night-high": "#173B44", "--night-low": "#0E2A32"}
_LIGHTER = {"--night-2": 0.06, "--night-3": 0.13, "--night-high": 0.11, "--night-low": 0.04}
_COLOUR = re.compile(r"#[0-9A-F]{6}")
_STEP = 0.02


class BadColour(LobbyError):
    """Not a colour."""

    code, status, field = "bad_colour", 422, "accent"
    text = "“{given}” is no colour. A colour is like #FFC83D."


class AccentTooDark(LobbyError):
    """Calls in this colour could not be read from afar."""

    code, status, field = "accent_too_dark", 422, "accent"
    text = "{given} on this background has a contrast of {ratio}; text needs {least}. {better} would do."


class GroundTooLight(LobbyError):
    """White text on this background could not be read."""

    code, status, field = "ground_too_light", 422, "ground"
    text = "Light text on the background {given} has a contrast of {ratio}; text needs {least}. {better} would do."


def colour(given: str) -> str | None:
    """A colour as it is kept: `#FFC83D`, from `#ffc83d` or `#fc3`; None for nothing. Raises `BadColour`."""
    plain = given.strip().upper()
    if not plain:
        return None
    if re.fullmatch(r"#[0-9A-F]{3}", plain):
        plain = "#" + "".join(digit * 2 for digit in plain[1:])
    if not _COLOUR.fullmatch(plain):
        raise BadColour(given=given)
    return plain


def palette(theme: Theme) -> dict[str, str]:
    """The CSS variables that differ from the usual; a kept colour that is none (a hand in the database) is left out."""
    sound = _sound(theme)
    if sound.accent is None and sound.ground is None:
        return {}
    ground, accent = sound.ground or USUAL_GROUND, sound.accent or USUAL_ACCENT
    return {"--night": ground, **_surfaces(sound), "--amber": accent, "--amber-ink": _ink(accent)}


def require_readable(theme: Theme) -> None:
    """Raise `GroundTooLight` or `AccentTooDark`, each with a colour near by that would do."""
    if (found := _on_ground(theme)) < LEAST:
        given = theme.ground or USUAL_GROUND
        better = _towards(_BLACK, given, lambda other: _on_ground(replace(theme, ground=other)))
        raise GroundTooLight(given=given, ratio=f"{found:.1f}", least=LEAST, better=better)
    if (found := _of_accent(theme)) < LEAST:
        given = theme.accent or USUAL_ACCENT
        better = _towards(_WHITE, given, lambda other: _of_accent(replace(theme, accent=other)))
        raise AccentTooDark(given=given, ratio=f"{found:.1f}", least=LEAST, better=better)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _on_ground(theme: Theme) -> float:
    """The least contrast of the texts that have the same colour in every store."""
    return min(contrast(text, under) for text in (_TEXT, _MUTED, _GOLD) for under in _grounds(theme))


def _of_accent(theme: Theme) -> float:
    """The least contrast of what is written in the accent, or on it."""
    accent = theme.accent or USUAL_ACCENT
    return min(contrast(accent, _ink(accent)), *(contrast(accent, under) for under in _grounds(theme)))


def _grounds(theme: Theme) -> Iterator[str]:
    yield theme.ground or USUAL_GROUND
    yield from _surfaces(theme).values()


def _surfaces(theme: Theme) -> dict[str, str]:
    if theme.ground is None:
        return _USUAL_SURFACES
    return {name: _mix(theme.ground, _WHITE, share) for name, share in _LIGHTER.items()}


def _ink(accent: str) -> str:
    return max((_DARK, _WHITE), key=lambda ink: contrast(ink, accent))


def _towards(end: str, given: str, least: Callable[[str], float]) -> str:
    """The nearest colour on the way to `end` that reads."""
    steps = (_mix(given, end, step * _STEP) for step in range(1, round(1 / _STEP) + 1))
    return next((found for found in steps if least(found) >= LEAST), end)


def _sound(theme: Theme) -> Theme:
    kept = {name: getattr(theme, name) for name in ("accent", "ground")}
    return replace(theme, **{name: None for name, value in kept.items() if not _COLOUR.fullmatch(str(value))})


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _channels(given: str) -> tuple[int, int, int]:
    return int(given[1:3], 16), int(given[3:5], 16), int(given[5:7], 16)


def _luminance(given: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(given))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 — WCAG's own numbers
