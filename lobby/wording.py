"""Owns texts that a store writes in both of its languages, or in none. Pure."""

from db.errors import LobbyError
from db.words import Names


class OneLanguageMissing(LobbyError):
    """A text that is there in one language alone."""

    code, status = "one_language_missing", 422
    text = "Write this in both languages, or leave both empty."

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


def both(field: str, before: Names | None, zh: str | None, en: str | None) -> Names | None:
    """A text in both languages, or None for none; what is not given stays. Raises `OneLanguageMissing`."""
    if zh is None and en is None:
        return before
    words = ((before.zh if before else "") if zh is None else zh, (before.en if before else "") if en is None else en)
    if not any(words):
        return None
    if not all(words):
        missing = "en" if words[0] else "zh"
        raise OneLanguageMissing(f"{field}_{missing}" if field else missing)
    return Names(*words)
