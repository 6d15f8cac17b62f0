"""Owns speaking with the neural voice: a phrase → phonemes → Kokoro-82M by onnxruntime → a WAV file.

Announcements are made of few words, so their phonemes stand here, in the model's own notation, and no dictionary or
phonemizer is needed. `onnxruntime` is an extra: it is imported where the voice is used.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_data_path

from display.voice import COMMA, Phrase
from display.wave_file import tidy

RATE = 24_000
MODEL = "kokoro-v1.0.int8.onnx"
VOICES = {"zh": "zf_xiaoxiao.bin", "en": "af_heart.bin"}
_STYLE = 256

TOKENS = {
    " ": 16, ",": 3, ".": 4, "A": 24, "I": 25, "O": 31, "W": 39, "a": 43, "b": 44, "d": 46, "e": 47, "f": 48, "h": 50,
    "i": 51, "j": 52, "k": 53, "l": 54, "m": 55, "n": 56, "o": 57, "p": 58, "r": 60, "s": 61, "t": 62, "u": 63,
    "v": 64, "w": 65, "x": 66, "z": 68, "ŋ": 112, "ɑ": 69, "ɔ": 76, "ɕ": 77, "ə": 83, "ɚ": 85, "ɛ": 86, "ɜ": 87,
    "ɡ": 92, "ɤ": 140, "ɨ": 101, "ɪ": 102, "ɹ": 123, "ɾ": 125, "ʂ": 130, "ʌ": 138, "ʤ": 82, "ʦ": 20, "ʧ": 133,
    "ʨ": 21, "ʰ": 162, "ˈ": 156, "ˌ": 157, "θ": 119, "ᵊ": 42, "→": 171, "↓": 169, "↗": 172, "↘": 173, "ꭧ": 23,
}  # fmt: skip
"""Of the model's vocabulary what our words need."""

_CHINESE = {
    "请": "ʨʰi↓ŋ", "号": "xau↘", "到": "tau↘", "柜台": "kwei↘tʰai↗", "零": "li↗ŋ", "幺": "jau→", "一": "i→",
    "二": "ɚ↘", "三": "sa→n", "四": "sɨ↘", "五": "u↓", "六": "ljou↘", "七": "ʨʰi→", "八": "pa→", "九": "ʨjou↓",
    "十": "ʂɨ↗", "百": "pai↓", "A": "ei→", "B": "pi↘", "C": "ɕi→", "D": "ti↘", "E": "i↘", "F": "ai↗fu", "G": "ʨi↘",
    "H": "ei↗ʨʰi→", "I": "ai↘", "J": "ꭧei↘", "K": "kʰei↘", "L": "ai↗lou", "M": "ai↗mu", "N": "ə→n", "O": "ou→",
    "P": "pʰi↘", "Q": "kʰjou→", "R": "a↘ɚ", "S": "ai↗sɨ", "T": "tʰi↘", "U": "jou→", "V": "wei→", "W": "ta↗pwoljou",
    "X": "ai↗kʰɤsɨ", "Y": "wai↘", "Z": "ʦei↘",
}  # fmt: skip
_ENGLISH = {
    "ticket": "tˈɪkət", "please": "plˈiz", "go": "ɡˌO", "to": "tə", "counter": "kˈWntəɹ", "hundred": "hˈʌndɹəd",
    "zero": "zˈɪɹO", "one": "wˈʌn", "two": "tˈu", "three": "θɹˈi", "four": "fˈɔɹ", "five": "fˈIv", "six": "sˈɪks",
    "seven": "sˈɛvən", "eight": "ˈAt", "nine": "nˈIn", "ten": "tˈɛn", "eleven": "əlˈɛvᵊn", "twelve": "twˈɛlv",
    "thirteen": "θˌɜɹtˈin", "fourteen": "fˌɔɹtˈin", "fifteen": "fˌɪftˈin", "sixteen": "sˌɪkstˈin",
    "seventeen": "sˌɛvəntˈin", "eighteen": "ˌAtˈin", "nineteen": "nˌIntˈin", "twenty": "twˈɛnti",
    "thirty": "θˈɜɹɾi", "forty": "fˈɔɹɾi", "fifty": "fˈɪfti", "sixty": "sˈɪksti", "seventy": "sˈɛvənti",
    "eighty": "ˈAɾi", "ninety": "nˈIndi", "A": "ˈA", "B": "bˈi", "C": "sˈi", "D": "dˈi", "E": "ˈi", "F": "ˈɛf",
    "G": "ʤˈi", "H": "ˈAʧ", "I": "ˈI", "J": "ʤˈA", "K": "kˈA", "L": "ˈɛl", "M": "ˈɛm", "N": "ˈɛn", "O": "ˈO",
    "P": "pˈi", "Q": "kjˈu", "R": "ˈɑɹ", "S": "ˈɛs", "T": "tˈi", "U": "jˈu", "V": "vˈi", "W": "dˈʌbᵊlju",
    "X": "ˈɛks", "Y": "wˈI", "Z": "zˈi",
}  # fmt: skip
_PHONEMES = {"zh": _CHINESE, "en": _ENGLISH}


def folder() -> Path:
    """Where `lobbyline voice install` puts the model, for every store of this user."""
    return user_data_path("lobbyline") / "kokoro"


def is_installed() -> bool:
    """Whether the model and what runs it are there."""
    files = [MODEL, *VOICES.values()]
    return find_spec("onnxruntime") is not None and all((folder() / name).is_file() for name in files)


def speak(phrase: Phrase, speed: int) -> bytes:
    """A WAV file of the phrase at `speed` percent. Raises `OSError`, or what onnxruntime raises."""
    tokens = [TOKENS[sign] for sign in phonemes(phrase)]
    style = _style(phrase.language)[len(tokens)]
    [sound] = _session().run(
        None,
        {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": style.reshape(1, _STYLE),
            "speed": np.array([speed / 100], dtype=np.float32),
        },
    )
    return tidy(np.asarray(sound, dtype=np.float64).ravel(), RATE)


def phonemes(phrase: Phrase) -> str:
    """The phrase in the model's notation."""
    words = (word if word == COMMA else _PHONEMES[phrase.language][word] for word in phrase.words)
    return " ".join(words).replace(f" {COMMA}", COMMA) + "."


@cache
def _session() -> Any:
    """The model; one thread, so that the lobby keeps the other processors."""
    import onnxruntime  # noqa: PLC0415 — an extra, see above

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(folder() / MODEL), sess_options=options, providers=["CPUExecutionProvider"])


@cache
def _style(language: str) -> Any:
    """A voice: one style for every length of a phrase."""
    return np.fromfile(folder() / VOICES[language], dtype="<f4").reshape(-1, _STYLE)
