"""Owns hearing what a voice said: a speech recogniser that shares nothing with it, listening for calls in English."""

import tempfile
from collections.abc import Sequence

import numpy as np
from pocketsphinx import Config, Decoder, get_model_path

from db.event_records import SpokenCall
from db.setting_records import VoiceLanguages
from display import voice
from display.voice import Phrase
from display.wave_file import samples_of

_RATE = 16_000
_SILENCE_S = 0.25
_DIGITS = "zero | one | two | three | four | five | six | seven | eight | nine"
_NUMBERS = frozenset(f"{_DIGITS} | ten | eleven | twelve".split(" | "))
_GRAMMAR = f"""#JSGF V1.0;
grammar call;
<digit> = {_DIGITS};
<counter> = <digit> | ten | eleven | twelve;
public <call> = ticket ( a | b | c | d | e | v ) <digit> <digit> <digit> please go to counter <counter>;
"""


class Ear:
    """A recogniser that knows how a call is built, and not which one it is."""

    def __init__(self) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".gram") as grammar:
            grammar.write(_GRAMMAR)
            grammar.flush()
            self._decoder = Decoder(
                Config(
                    hmm=get_model_path("en-us/en-us"),
                    dict=get_model_path("en-us/cmudict-en-us.dict"),
                    jsgf=grammar.name,
                    loglevel="FATAL",
                )
            )

    def hear(self, sound: bytes) -> list[str]:
        """The words heard in a WAV file."""
        samples, rate = samples_of(sound)
        at = np.arange(int(len(samples) * _RATE / rate)) * rate / _RATE
        silence = np.zeros(int(_SILENCE_S * _RATE))
        heard = np.concatenate([silence, np.interp(at, np.arange(len(samples)), samples), silence])
        self._decoder.start_utt()
        self._decoder.process_raw((heard * 32_000).astype("<i2").tobytes(), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return found.hypstr.split() if found else []

    def errors(self, phrase: Phrase, sound: bytes) -> tuple[int, int]:
        """How many of the phrase's figures were heard wrongly, of how many."""
        said, heard = figures(phrase.words), figures(self.hear(sound))
        right = sum(one == other for one, other in zip(said, heard, strict=False))
        return len(said) - right, len(said)


def figures(words: Sequence[str]) -> list[str]:
    """The figures among words: of the number, then the counter's."""
    return [word for word in words if word in _NUMBERS]


def english(number: str, counter: int) -> Phrase:
    """A call in English."""
    [phrase] = voice.announcement(SpokenCall(number, counter, "en"), VoiceLanguages.EN)
    return phrase
