"""Owns speaking with espeak-ng: a phrase → its text or pinyin → a WAV file, by a process of its own."""

import shutil
import subprocess

from display.voice import COMMA, Phrase
from display.wave_file import samples_of, tidy

PROGRAM = "espeak-ng"
WORDS_PER_MIN = 165
LONGEST_S = 5.0

# The voice that reads pinyin: on Debian 12 the other Mandarin one turns Chinese characters into English letters. The
# female variant is the one whose English digits a recogniser understands best (bench/voice.py).
_VOICES = {"zh": "cmn-latn-pinyin+f3", "en": "en-us+f3"}

_PINYIN = {
    "请": "qing3", "号": "hao4", "到": "dao4", "柜台": "gui4tai2", "零": "ling2", "幺": "yao1", "一": "yi1",
    "二": "er4", "三": "san1", "四": "si4", "五": "wu3", "六": "liu4", "七": "qi1", "八": "ba1", "九": "jiu3",
    "十": "shi2", "百": "bai3", "A": "ei1", "B": "bi4", "C": "xi1", "D": "di4", "E": "yi4", "F": "ai2fu5",
    "G": "ji4", "H": "ei2qi1", "I": "ai4", "J": "zhei4", "K": "kei4", "L": "ai2lou5", "M": "ai2mu5", "N": "en1",
    "O": "ou1", "P": "pi4", "Q": "kiu1", "R": "a4er5", "S": "ai2si5", "T": "ti4", "U": "you1", "V": "wei1",
    "W": "da2bo5liu5", "X": "ai2ke5si5", "Y": "wai4", "Z": "zei4",
}  # fmt: skip


def is_installed() -> bool:
    """Whether the program is there."""
    return shutil.which(PROGRAM) is not None


def speak(phrase: Phrase, speed: int) -> bytes:
    """A WAV file of the phrase at `speed` percent. Raises `OSError`, `subprocess.SubprocessError`, `ValueError`."""
    command = [PROGRAM, "-v", _VOICES[phrase.language], "-s", str(WORDS_PER_MIN * speed // 100), "-g", "2", "--stdout"]
    done = subprocess.run(  # noqa: S603 — words of our own
        [*command, spelled(phrase)], capture_output=True, stdin=subprocess.DEVNULL, timeout=LONGEST_S, check=True
    )
    return tidy(*samples_of(done.stdout))


def spelled(phrase: Phrase) -> str:
    """The phrase as espeak-ng is to read it."""
    if phrase.language == "en":
        return " ".join(phrase.words)
    return " ".join(word if word == COMMA else _PINYIN[word] for word in phrase.words)
