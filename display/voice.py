"""Owns what a call says: number and counter → the words in each language, when and how loud. Pure.

Numbers are spoken digit by digit, as telecom lobbies do: 1 is 幺 in a Chinese number, and 一 where a counter is meant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from db import calendar
from db.event_records import SpokenCall
from db.setting_records import Loudness, Settings, Sound, VoiceEngine, VoiceLanguages

COMMA = ","
HOUR_MIN = 60

_ZH_DIGITS = "零幺二三四五六七八九"
_ZH_COUNTS = "零一二三四五六七八九"
_EN_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_EN_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_LARGEST_COUNT = 999
"""From here on a counter's number is spoken digit by digit too."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence of an announcement in one language (`zh`, `en`): a closed set of words, letters and commas."""

    language: str
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """As it would be written."""
        if self.language == "en":
            return " ".join(self.words).replace(f" {COMMA}", COMMA)
        said = "".join(f" {word} " if word in ascii_uppercase else word for word in self.words)
        return said.replace(COMMA, "，")


def announcement(call: SpokenCall, languages: VoiceLanguages) -> tuple[Phrase, ...]:
    """The sentences of a call, in order; none for a number that cannot be spoken (a letter beyond A to Z)."""
    letters, digits = _parted(call.number)
    if not digits or not set(letters) <= set(ascii_uppercase):
        return ()
    wanted = [call.language if call.language in _SAYERS else "zh"]
    if languages != VoiceLanguages.TICKET:
        wanted = ["zh", "en"] if languages == VoiceLanguages.BOTH else [languages.value]
    return tuple(Phrase(one, tuple(_SAYERS[one](letters, digits, call.counter))) for one in wanted)


def loudness(store: Settings, at: float) -> Loudness:
    """How calls sound at a moment."""
    now = minute_of(calendar.local(at, store).strftime("%H:%M"))
    return next((span for span in store.voice.hours if now in minutes(span)), Loudness("00:00", "24:00"))


def minutes(span: Loudness) -> set[int]:
    """The minutes of the day that a span holds; equal ends hold the whole day."""
    first, last = minute_of(span.begins), minute_of(span.ends)
    if first < last:
        return set(range(first, last))
    return {*range(first, 24 * HOUR_MIN), *range(last)}


def minute_of(hour_min: str) -> int:
    """`HH:MM` as minutes since midnight."""
    hour, minute = hour_min.split(":")
    return int(hour) * HOUR_MIN + int(minute)


def audio_url(store: Settings, version: int, at: float) -> str | None:
    """Where a display fetches the sound of a call; None while nothing is to be spoken."""
    if store.voice.engine == VoiceEngine.NONE or loudness(store, at).volume == 0:
        return None
    return f"/api/v1/calls/{version}/audio"


def view(store: Settings, at: float, sounds: Mapping[int, Sound]) -> dict[str, Any]:
    """What displays have to know: the volume of this hour in percent, and by device id what each lets people hear."""
    return {
        "volume": loudness(store, at).volume,
        "displays": {str(device): sound for device, sound in sounds.items()},
    }


def _parted(number: str) -> tuple[str, str]:
    """`A012` as its letters and its digits."""
    letters = number.rstrip("0123456789")
    return letters.upper(), number[len(letters) :]


def _in_chinese(letters: str, digits: str, counter: int) -> Sequence[str]:
    number = [*letters, *(_ZH_DIGITS[int(digit)] for digit in digits)]
    return ["请", *number, "号", COMMA, "到", *_chinese_count(counter), "号", "柜台"]


def _chinese_count(counter: int) -> str:
    """A counter's number: 3 is 三, 12 is 十二, 105 is 一百零五; a very large one is spelled."""
    if counter > _LARGEST_COUNT:
        return "".join(_ZH_DIGITS[int(digit)] for digit in str(counter))
    hundreds, rest = divmod(counter, 100)
    tens, ones = divmod(rest, 10)
    said = f"{_ZH_COUNTS[hundreds]}百" if hundreds else ""
    if tens:
        said += f"{_ZH_COUNTS[tens] if hundreds or tens > 1 else ''}十"
    elif hundreds and ones:
        said += "零"
    return said + (_ZH_COUNTS[ones] if ones or not counter else "")


def _in_english(letters: str, digits: str, counter: int) -> Sequence[str]:
    number = [_EN_DIGITS[int(digit)] for digit in digits]
    return ["ticket", *letters, COMMA, *number, COMMA, "please", "go", "to", "counter", *_english_count(counter)]


def _english_count(counter: int) -> list[str]:
    if counter > _LARGEST_COUNT:
        return [_EN_DIGITS[int(digit)] for digit in str(counter)]
    hundreds, rest = divmod(counter, 100)
    said = [_EN_DIGITS[hundreds], "hundred"] if hundreds else []
    if rest >= 20:  # noqa: PLR2004 — the language's own border
        tens, ones = divmod(rest, 10)
        return [*said, _EN_TENS[tens], *([_EN_DIGITS[ones]] if ones else [])]
    if rest >= 10:  # noqa: PLR2004 — the language's own border
        return [*said, _EN_TEENS[rest - 10]]
    return [*said, *([_EN_DIGITS[rest]] if rest or not hundreds else [])]


_SAYERS = {"zh": _in_chinese, "en": _in_english}
