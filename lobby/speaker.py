"""Owns the process that speaks, so that no call ever waits for a voice: phrases come in, WAV files go out.

`python -m lobby.speaker` answers on its standard output, like `lobby.oracle`, and ends when its input does. The model
of the neural voice stays loaded between phrases.
"""

from collections.abc import Callable
from typing import Any

from db.setting_records import VoiceEngine
from display import espeak, neural
from display.voice import Phrase
from lobby.pipe import answer_jobs

_ENGINES: dict[VoiceEngine, Callable[[Phrase, int], bytes]] = {
    VoiceEngine.NEURAL: neural.speak,
    VoiceEngine.ESPEAK: espeak.speak,
}


def speak(engine: VoiceEngine, phrase: Phrase, speed: int) -> bytes:
    """A WAV file of a phrase at `speed` percent. Raises what the engine raises."""
    return _ENGINES[engine](phrase, speed)


def best(wanted: VoiceEngine) -> VoiceEngine:
    """The engine that is there: the neural one is replaced by espeak-ng, and without that only the chime is left."""
    if wanted == VoiceEngine.NEURAL and neural.is_installed():
        return wanted
    if wanted != VoiceEngine.NONE and espeak.is_installed():
        return VoiceEngine.ESPEAK
    return VoiceEngine.NONE


JOBS: dict[str, Callable[..., Any]] = {"speak": speak}

if __name__ == "__main__":
    answer_jobs(JOBS)
