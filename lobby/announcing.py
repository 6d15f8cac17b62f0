"""Owns having calls spoken: likely ones are spoken ahead, the others when a display asks. No call ever waits for it.

Which calls are likely the calling rule says: whom each open counter would call next, and after that. An engine that
fails is left alone for a while; displays then sound the chime only.
"""

import logging
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path

import gevent
from gevent.event import Event as Signal

from counter.line import choose, own_queue
from counter.moment import Present
from counter.present import load
from db import settings
from db.counter_records import CounterState
from db.event_records import SpokenCall
from db.setting_records import Settings, VoiceEngine
from db.store import Store
from display import espeak, neural, voice, wave_file
from display.voice import Phrase
from display.voice_cache import VoiceCache
from lobby.turns import Turns

PATIENCE_S = 3.0
"""So long a display waits for the sound of a call. All of these in real seconds."""
LAST_S = 0.5
"""So long before that espeak-ng, which has spoken meanwhile, takes the place of a neural voice that is not ready."""
REST_S = 30.0
"""So long a failed engine is left alone."""
LOOK_GAP_S = 0.5
HEARTBEAT_S = 60.0
LANGUAGE_GAP_S, REPEAT_GAP_S = 0.35, 0.8
AHEAD = 2
"""So many calls of each open counter are spoken ahead."""

_log = logging.getLogger("lobbyline.announcing")

_Work = tuple[VoiceEngine, Phrase, int]
Speak = Callable[[VoiceEngine, Phrase, int], bytes]
"""An engine, a phrase and a speed in percent → a WAV file; may raise anything."""


class Announcing:
    """Watches the lobby for as long as `run` runs. `best` tells which engine is there for the one that is wanted."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float],
        speak: Speak,
        best: Callable[[VoiceEngine], VoiceEngine],
        turns: Turns,
    ) -> None:
        self._store, self._clock, self._speak, self._best, self._turns = store, clock, speak, best, turns
        self._cache = VoiceCache(store.folder / "voice", _edition())
        self._changed = Signal()
        self._rests_until: dict[VoiceEngine, float] = {}
        self._at_work: dict[_Work, gevent.Greenlet] = {}

    def wake(self) -> None:
        """Something was committed."""
        self._changed.set()

    def run(self) -> None:
        """Speak ahead after changes, for ever."""
        while True:
            try:
                self.speak_ahead()
            except Exception:  # noqa: BLE001 — the one place of this loop; it looks again
                _log.exception("speaking ahead failed; trying again")
            gevent.sleep(LOOK_GAP_S)
            self._changed.wait(HEARTBEAT_S)
            self._changed.clear()

    def close(self) -> None:
        """Leave what is being spoken, so that nobody waits at an engine any more."""
        gevent.killall(list(self._at_work.values()))

    def speak_ahead(self) -> None:
        """Speak the likely next calls that are not kept yet, until the lobby changes or the engine fails."""
        self._turns.give()
        with self._store.read() as conn:
            present = load(conn, self._clock())
        engine, speed = self._manner(present.settings)
        if engine == VoiceEngine.NONE:
            return
        for call in likely(present, self._turns):
            for phrase in voice.announcement(call, present.settings.voice.languages):
                if self._changed.is_set():
                    return
                self._sounds([phrase], engine, speed)

    def audio(self, call: SpokenCall) -> bytes | None:
        """The sound of a call as the store has set it: a WAV file. espeak-ng speaks what another engine cannot in time.

        None if there is none, or none in time: after `PATIENCE_S`, and at once while the engines rest.
        """
        with self._store.read() as conn:
            store = settings.load(conn)
        engine, speed = self._manner(store)
        if engine != VoiceEngine.NEURAL:
            return self._spoken(call, store, engine, speed, PATIENCE_S)
        kept = self._spoken(call, store, engine, speed, 0)
        if kept is not None:
            return kept
        spare = gevent.spawn(self._spoken, call, store, self._best(VoiceEngine.ESPEAK), speed, PATIENCE_S)
        made = self._spoken(call, store, engine, speed, PATIENCE_S - LAST_S)
        return spare.get() if made is None else made

    def _spoken(
        self, call: SpokenCall, store: Settings, engine: VoiceEngine, speed: int, patience_s: float
    ) -> bytes | None:
        """The sound of a call by one engine, None if it is not whole in time."""
        if engine == VoiceEngine.NONE:
            return None
        sounds = self._sounds(voice.announcement(call, store.voice.languages), engine, speed, patience_s)
        made = [sound for sound in sounds if sound is not None]
        if not made or len(made) < len(sounds):
            return None
        return wave_file.joined([wave_file.joined(made, LANGUAGE_GAP_S)] * store.voice.times, REPEAT_GAP_S)

    def _manner(self, store: Settings) -> tuple[VoiceEngine, int]:
        """The engine and the speed (percent) of this hour; no engine while nothing is to be heard."""
        now = voice.loudness(store, self._clock())
        return (self._best(store.voice.engine) if now.volume else VoiceEngine.NONE), now.speed

    def _sounds(
        self, phrases: Sequence[Phrase], engine: VoiceEngine, speed: int, patience_s: float | None = None
    ) -> list[bytes | None]:
        """The sounds of phrases, kept or made; None for those that cannot be made, or not in time."""
        found = [self._cache.get(engine, phrase, speed) for phrase in phrases]
        if None not in found or time.monotonic() < self._rests_until.get(engine, 0.0):
            return found
        tasks = {n: self._task(engine, phrases[n], speed) for n, sound in enumerate(found) if sound is None}
        gevent.joinall(list(tasks.values()), timeout=patience_s)
        return [tasks[n].value if n in tasks else sound for n, sound in enumerate(found)]

    def _task(self, *work: *_Work) -> gevent.Greenlet:
        """The making of a phrase; who asks for one that is being made waits for the same."""
        if work not in self._at_work:
            self._at_work[work] = gevent.spawn(self._make, *work)
        return self._at_work[work]

    def _make(self, *work: *_Work) -> bytes | None:
        try:
            sound = self._speak(*work)
            self._cache.put(*work, sound)
        except (Exception, gevent.Timeout) as fault:  # noqa: BLE001 — an engine may fail in any way; the chime is left
            self._rests_until[work[0]] = time.monotonic() + REST_S
            _log.warning("the voice %s failed and rests for a while: %r", work[0], fault)
            return None
        finally:
            del self._at_work[work]
        return sound


def likely(present: Present, turns: Turns) -> list[SpokenCall]:
    """Whom each open counter would call next, and after that; the next ones of all counters first."""
    lobby, now, rules = present.lobby, present.now, present.settings.rules
    calls = []
    for counter in lobby.counters:
        if counter.state != CounterState.CLOSED:
            turns.give()  # one counter's choice among a crowd may take a millisecond
            queue = own_queue(counter, lobby, present.line, choose(counter, lobby, now, rules))
            calls += [(place, ticket, counter.number) for place, ticket in enumerate(islice(queue, AHEAD))]
    calls.sort(key=lambda one: one[0])
    return [SpokenCall(ticket.number, counter, ticket.language) for _, ticket, counter in calls]


def _edition() -> str:
    """Changes with the pronunciations."""
    texts = b"".join(Path(str(module.__file__)).read_bytes() for module in (espeak, neural, wave_file))
    return sha256(texts).hexdigest()
