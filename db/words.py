"""Owns what people read, as records: a name in both languages, a message by its code."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Names:
    """One name in both of the store's languages; in an English sentence it is said in English."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en


@dataclass(frozen=True, slots=True)
class Message:
    """Something said to a person: a stable code, the English text (the catalogue's key), and what fills its places."""

    code: str
    text: str
    values: Mapping[str, object] = field(default_factory=dict)
