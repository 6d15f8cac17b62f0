"""Owns writing a call to a file, so that a technician can hear it."""

from pathlib import Path

from db.event_records import SpokenCall
from db.setting_records import VoiceEngine, VoiceLanguages
from display import voice, wave_file
from display.voice_faults import NotSpoken, NoVoice
from lobby import speaker
from lobby.announcing import LANGUAGE_GAP_S


def write(engine: str, output: Path, number: str, counter: int, languages: str, speed: int) -> tuple[str, float]:
    """Write the call as a WAV file; the engine that spoke and the length in seconds. Raises `NoVoice`, `NotSpoken`."""
    used = speaker.best(VoiceEngine(engine))
    if used == VoiceEngine.NONE:
        raise NoVoice
    phrases = voice.announcement(SpokenCall(number, counter, "zh"), VoiceLanguages(languages))
    if not phrases:
        raise NotSpoken(number=number)
    sound = wave_file.joined([speaker.speak(used, phrase, speed) for phrase in phrases], LANGUAGE_GAP_S)
    output.write_bytes(sound)
    samples, rate = wave_file.samples_of(sound)
    return used, len(samples) / rate
