"""Owns the phrases that were spoken once: WAV files in a folder, the least recently used ones leave when it is full."""

import os
from collections import OrderedDict
from hashlib import sha256
from pathlib import Path

from db.setting_records import VoiceEngine
from display.voice import Phrase

MOST_BYTES = 100 * 1024 * 1024
"""Some seven hundred phrases."""


class VoiceCache:
    """The folder; one process at a time uses it. `edition` changes with the pronunciations: older files leave."""

    def __init__(self, folder: Path, edition: str, most_bytes: int = MOST_BYTES) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder, self._edition, self._most = folder, edition, most_bytes
        found = sorted(folder.glob("*.wav"), key=lambda path: path.stat().st_mtime)
        self._sizes = OrderedDict((path.name, path.stat().st_size) for path in found)

    def get(self, engine: VoiceEngine, phrase: Phrase, speed: int) -> bytes | None:
        """The sound of a phrase, if it is kept. A file that was taken away meanwhile is not."""
        name = self._name(engine, phrase, speed)
        if name not in self._sizes:
            return None
        try:
            sound = (self._folder / name).read_bytes()
            os.utime(self._folder / name)
        except FileNotFoundError:
            del self._sizes[name]
            return None
        self._sizes.move_to_end(name)
        return sound

    def put(self, engine: VoiceEngine, phrase: Phrase, speed: int, sound: bytes) -> None:
        """Keep the sound of a phrase, and let go of the oldest ones for it."""
        name = self._name(engine, phrase, speed)
        new = self._folder / f"{name}.new"
        new.write_bytes(sound)
        new.replace(self._folder / name)
        self._sizes[name] = len(sound)
        self._sizes.move_to_end(name)
        while sum(self._sizes.values()) > self._most:
            oldest, _ = self._sizes.popitem(last=False)
            (self._folder / oldest).unlink(missing_ok=True)

    def _name(self, engine: VoiceEngine, phrase: Phrase, speed: int) -> str:
        key = "|".join((self._edition, engine, str(speed), phrase.language, *phrase.words))
        return f"{sha256(key.encode()).hexdigest()[:32]}.wav"
