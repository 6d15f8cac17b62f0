"""Owns the proof that a voice delays no call and that its figures are understood.

Usage: bench/voice.py [--quick] [--json] [--check]. Each engine that is installed speaks calls in both languages; a
recogniser that shares nothing with it listens to the English ones. Then a served store calls customers, and a display
fetches each call's sound: spoken ahead while they waited, and of numbers nobody could have spoken ahead.
"""

import math
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from bench.ear import Ear, english
from bench.harness import Aim, Json, Machine, Served, finish, number, options, percentile, served_store, table
from db.event_records import SpokenCall
from db.setting_records import VoiceEngine, VoiceLanguages
from display import espeak, neural, voice
from display.voice import Phrase
from display.wave_file import samples_of

PHRASES, QUICK_PHRASES = 48, 10
CALLS, QUICK_CALLS = 30, 8
COUNTER = 4
AHEAD_S = 8.0
LIMIT_AHEAD_MS, LIMIT_CALL_MS = 250.0, 250.0
LIMIT_ERRORS = {VoiceEngine.ESPEAK: 20.0, VoiceEngine.NEURAL: 5.0}


@dataclass(frozen=True, slots=True)
class Spoken:
    """What an engine did: seconds per phrase, seconds of sound, and figures heard wrongly in percent."""

    took_s: list[float]
    length_s: list[float]
    wrong_percent: float


def main() -> int:
    """Measure and tell."""
    given = options("A voice delays no call, and its figures are understood.")
    machine = Machine()
    engines: dict[VoiceEngine, Callable[[Phrase, int], bytes]] = {}
    if espeak.is_installed():
        engines[VoiceEngine.ESPEAK] = espeak.speak
    if neural.is_installed():
        engines[VoiceEngine.NEURAL] = neural.speak
    ear = Ear()
    spoken = {
        engine: _speak(speak, ear, QUICK_PHRASES if given.quick else PHRASES) for engine, speak in engines.items()
    }
    headings = ["engine", "phrases", "p50 ms", "p99 ms", "sound s", "figures wrong"]
    table("Speaking a phrase, either language", headings, [_row(engine, found) for engine, found in spoken.items()])

    aims = [
        Aim(f"{engine}: figures heard wrongly", found.wrong_percent, LIMIT_ERRORS[engine], "%")
        for engine, found in spoken.items()
    ]
    calls = _lobby(QUICK_CALLS if given.quick else CALLS) if engines else {}
    if calls:
        rows = [[name, str(len(waits)), *_ms(waits)] for name, waits in calls.items()]
        table(f"A store that is served, voice {list(engines)[-1]}", ["", "calls", "p50 ms", "p99 ms"], rows)
        ahead = percentile(calls["first byte of the sound, spoken ahead"], 0.5) * 1000
        aims.append(Aim("first byte after the call, spoken ahead, p50", ahead, LIMIT_AHEAD_MS, "ms"))
        answer = percentile(calls["answer to the call"], 0.99) * 1000
        aims.append(Aim("answer to the call, p99", answer, LIMIT_CALL_MS, "ms"))
    print(f"\nothers used {machine.others():.0%} of the CPUs")
    figures: Json = {
        "engines": {
            engine: {"p50_ms": percentile(found.took_s, 0.5) * 1000, "wrong_percent": found.wrong_percent}
            for engine, found in spoken.items()
        },
        "calls": {name: {"p50_ms": percentile(waits, 0.5) * 1000} for name, waits in calls.items()},
    }
    return finish(given, "voice", figures, aims)


def _row(engine: str, found: Spoken) -> list[str]:
    mean_s = sum(found.length_s) / len(found.length_s)
    return [engine, str(len(found.took_s)), *_ms(found.took_s), number(mean_s), f"{found.wrong_percent:.1f} %"]


def _ms(waits: list[float]) -> list[str]:
    return [number(percentile(waits, share) * 1000) for share in (0.5, 0.99)]  # infinite: not spoken in time


def _speak(speak: Callable[[Phrase, int], bytes], ear: Ear, count: int) -> Spoken:
    """Calls drawn from a seed; the first one loads what the engine loads once and is not counted."""
    chance = random.Random(7)
    speak(english("A012", 3), 100)
    took, length, wrong, figures = [], [], 0, 0
    for _ in range(count):
        call = SpokenCall(f"{chance.choice('ABCDEV')}{chance.randint(1, 399):03d}", chance.randint(1, 12), "zh")
        for phrase in voice.announcement(call, VoiceLanguages.BOTH):
            began = time.perf_counter()
            sound = speak(phrase, 100)
            took.append(time.perf_counter() - began)
            samples, rate = samples_of(sound)
            length.append(len(samples) / rate)
            if phrase.language == "en":
                errors, said = ear.errors(phrase, sound)
                wrong, figures = wrong + errors, figures + said
    return Spoken(took, length, 100 * wrong / figures)


def _lobby(count: int) -> dict[str, list[float]]:
    """How long a call takes, and from its answer to the first byte of its sound, in seconds."""
    with served_store() as served:
        served.command("staff", "add", "--name", "clerk", "--role", "counter", "--pin", "2468")
        with _client(served, "kiosk") as kiosk, _client(served, "display") as display, _desk(served) as clerk:
            names = ("answer to the call", "first byte of the sound, spoken ahead", "first byte, at the call")
            waits: dict[str, list[float]] = {name: [] for name in names}
            for n in range(2 * count):
                is_ahead = n >= count
                assert kiosk.post("/tickets", json={"request_key": f"voice-{n}", "service": "plan"}).is_success
                if is_ahead:
                    _wait_until_spoken(served, n)
                answer_s, sound_s = _call(clerk, display)
                waits[names[0]].append(answer_s)
                waits[names[1 if is_ahead else 2]].append(sound_s)
    return waits


def _call(clerk: httpx.Client, display: httpx.Client) -> tuple[float, float]:
    began = time.perf_counter()
    answer = clerk.post(f"/counters/{COUNTER}/call-next")
    called = time.perf_counter()
    assert answer.is_success, answer.text
    version = answer.json()["calls"][0]["version"]
    with display.stream("GET", f"/calls/{version}/audio") as sound:
        next(sound.iter_raw())
        heard = time.perf_counter() if sound.is_success else math.inf
    for step in ("start", "finish"):
        clerk.post(f"/counters/{COUNTER}/{step}")
    return called - began, heard - called


def _wait_until_spoken(served: Served, before: int) -> None:
    """One more phrase is kept than before, or the time a customer waits at least is over."""
    deadline = time.monotonic() + AHEAD_S
    while len(list((served.folder / "voice").glob("*.wav"))) <= before and time.monotonic() < deadline:
        time.sleep(0.02)


def _client(served: Served, kind: str) -> httpx.Client:
    token = served.command("device", "add", kind, "--name", "bench")["token"]
    return _program(served, token)


def _desk(served: Served) -> httpx.Client:
    with _program(served, "") as anybody:
        signed_in = anybody.post("/sessions", json={"staff": "clerk", "pin": "2468", "counter": COUNTER}).json()
    return _program(served, signed_in["token"])


def _program(served: Served, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=f"http://127.0.0.1:{served.port}/api/v1", headers=headers, trust_env=False, timeout=30)


if __name__ == "__main__":
    sys.exit(main())
