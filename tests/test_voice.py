"""What a call says, how it becomes sound, what is kept of it, and that no engine can hold a call up."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import gevent
import numpy as np
import pytest
from gevent.event import Event as Signal
from lobby_stage import Stage

from bench.ear import Ear, english
from counter import desk
from db import announcements, events, settings
from db.event_records import SpokenCall
from db.setting_records import Loudness, Sound, Voice, VoiceEngine, VoiceLanguages
from display import espeak, neural, voice, wave_file
from display.voice import Phrase
from display.voice_cache import VoiceCache
from lobby.announcing import REST_S, Announcing, likely
from lobby.helper import Helper
from lobby.turns import Turns

RATE = 8000


def said(number: str, counter: int, languages: VoiceLanguages = VoiceLanguages.BOTH, ticket: str = "zh") -> list[str]:
    return [phrase.text for phrase in voice.announcement(SpokenCall(number, counter, ticket), languages)]


@pytest.mark.parametrize(
    ("number", "counter", "chinese", "english"),
    [
        ("A012", 3, "请 A 零幺二号，到三号柜台", "ticket A, zero one two, please go to counter three"),
        ("V110", 1, "请 V 幺幺零号，到一号柜台", "ticket V, one one zero, please go to counter one"),
        ("E1002", 2, "请 E 幺零零二号，到二号柜台", "ticket E, one zero zero two, please go to counter two"),
        ("B345", 10, "请 B 三四五号，到十号柜台", "ticket B, three four five, please go to counter ten"),
        ("C678", 12, "请 C 六七八号，到十二号柜台", "ticket C, six seven eight, please go to counter twelve"),
        ("D090", 20, "请 D 零九零号，到二十号柜台", "ticket D, zero nine zero, please go to counter twenty"),
        ("A001", 21, "请 A 零零幺号，到二十一号柜台", "ticket A, zero zero one, please go to counter twenty one"),
        (
            "A001",
            105,
            "请 A 零零幺号，到一百零五号柜台",
            "ticket A, zero zero one, please go to counter one hundred five",
        ),
        (
            "A001",
            110,
            "请 A 零零幺号，到一百一十号柜台",
            "ticket A, zero zero one, please go to counter one hundred ten",
        ),
        (
            "A001",
            1001,
            "请 A 零零幺号，到幺零零幺号柜台",
            "ticket A, zero zero one, please go to counter one zero zero one",
        ),
    ],
)
def test_a_call_in_words(number: str, counter: int, chinese: str, english: str) -> None:
    assert said(number, counter) == [chinese, english]


def test_the_language_is_the_tickets_or_as_the_store_has_set_it() -> None:
    chinese, english = said("A012", 3)
    assert said("A012", 3, VoiceLanguages.TICKET, "en") == [english]
    assert said("A012", 3, VoiceLanguages.TICKET, "zh") == [chinese]
    assert said("A012", 3, VoiceLanguages.ZH, "en") == [chinese]
    assert said("A012", 3, VoiceLanguages.EN, "zh") == [english]


@pytest.mark.parametrize("number", ["", "A", "办001", "A-01"])
def test_what_cannot_be_spoken_is_not(number: str) -> None:
    assert said(number, 3) == []


def test_every_word_has_its_sound_in_both_engines() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for counter in (*range(1, 130), 999):
        for phrase in voice.announcement(SpokenCall(f"{letters}0123456789", counter, "zh"), VoiceLanguages.BOTH):
            assert espeak.spelled(phrase).isascii()
            tokens = [neural.TOKENS[sign] for sign in neural.phonemes(phrase)]
            assert 0 < min(tokens) <= max(tokens) < 178


def test_the_hour_says_how_loud_and_a_span_may_run_over_midnight(stage: Stage) -> None:
    with stage.store.read() as conn:
        plain = settings.load(conn)
    night, noon = Loudness("22:00", "08:00", volume=0), Loudness("10:00", "12:30", volume=60, speed=110)
    store = replace(plain, voice=Voice(hours=(night, noon)))
    at_ten = stage.now  # 10:00
    assert voice.loudness(store, at_ten) == noon
    assert voice.loudness(store, at_ten + 2.5 * 3600).volume == 100
    for later_h in (12, 15, 21.9):  # 22:00, 01:00, 07:54
        assert voice.loudness(store, at_ten + later_h * 3600) == night
        assert voice.audio_url(store, 7, at_ten + later_h * 3600) is None
    assert voice.audio_url(store, 7, at_ten) == "/api/v1/calls/7/audio"


# --- sound ---


def test_a_sound_is_cut_to_what_is_heard_and_nothing_is_clipped() -> None:
    tone = np.concatenate([np.zeros(RATE), 3 * np.sin(np.arange(RATE) / 5), np.zeros(RATE)])
    samples, rate = wave_file.samples_of(wave_file.tidy(tone, RATE))
    assert rate == RATE
    assert 1.0 <= len(samples) / rate < 1.1
    assert np.max(np.abs(samples)) == pytest.approx(wave_file.PEAK, abs=0.001)
    twice = wave_file.joined([wave_file.tidy(tone, RATE)] * 2, 0.5)
    assert len(wave_file.samples_of(twice)[0]) == 2 * len(samples) + RATE // 2
    with pytest.raises(ValueError, match="no sound"):
        wave_file.tidy(np.zeros(100), RATE)


@pytest.mark.parametrize("phrase", voice.announcement(SpokenCall("A012", 3, "zh"), VoiceLanguages.BOTH))
def test_espeak_speaks_both_languages_at_the_wanted_speed(phrase: Phrase) -> None:
    samples, rate = wave_file.samples_of(espeak.speak(phrase, 100))
    assert 2.0 < len(samples) / rate < 6.0
    assert np.max(np.abs(samples)) <= wave_file.PEAK + 0.001
    assert np.argmax(np.abs(samples) > 0.02) / rate < 0.1, "it begins at once"
    faster = wave_file.samples_of(espeak.speak(phrase, 150))[0]
    assert len(faster) < 0.8 * len(samples)


def test_the_figures_are_understood_by_a_recogniser() -> None:
    """Some nine of ten with this engine (bench/voice.py measures it over more calls)."""
    ear = Ear()
    calls = [english(number, counter) for number, counter in (("A135", 7), ("B908", 2), ("V246", 11), ("C870", 6))]
    heard = [ear.errors(phrase, espeak.speak(phrase, 100)) for phrase in calls]
    assert sum(figures for _, figures in heard) == 16
    assert sum(errors for errors, _ in heard) <= 4


# --- what is kept ---


def _phrase(number: int) -> Phrase:
    return Phrase("en", ("ticket", str(number)))


def test_the_least_recently_heard_phrases_leave_a_full_cache(tmp_path: Path) -> None:
    cache = VoiceCache(tmp_path, "1", most_bytes=300)
    for number in (1, 2, 3):
        cache.put(VoiceEngine.ESPEAK, _phrase(number), 100, bytes(100))
    assert cache.get(VoiceEngine.ESPEAK, _phrase(1), 100) == bytes(100)
    cache.put(VoiceEngine.ESPEAK, _phrase(4), 100, bytes(100))
    assert cache.get(VoiceEngine.ESPEAK, _phrase(2), 100) is None
    assert cache.get(VoiceEngine.ESPEAK, _phrase(1), 100) is not None
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 300


def test_a_cache_is_found_again_and_knows_engine_speed_and_edition(tmp_path: Path) -> None:
    VoiceCache(tmp_path, "1").put(VoiceEngine.ESPEAK, _phrase(1), 100, b"sound")
    again = VoiceCache(tmp_path, "1")
    assert again.get(VoiceEngine.ESPEAK, _phrase(1), 100) == b"sound"
    assert again.get(VoiceEngine.ESPEAK, _phrase(1), 110) is None
    assert again.get(VoiceEngine.NEURAL, _phrase(1), 100) is None
    assert VoiceCache(tmp_path, "2").get(VoiceEngine.ESPEAK, _phrase(1), 100) is None
    for path in tmp_path.iterdir():
        path.unlink()
    assert again.get(VoiceEngine.ESPEAK, _phrase(1), 100) is None, "somebody has emptied the folder"


# --- announcing ---


class FakeEngine:
    """An engine that implements the port: a beep for each phrase, or what a test makes of it."""

    def __init__(self, do: Callable[[], None] = lambda: None) -> None:
        self.spoken: list[str] = []
        self._do = do

    def speak(self, _: VoiceEngine, phrase: Phrase, speed: int) -> bytes:
        self.spoken.append(f"{phrase.text} {speed}")
        self._do()
        return wave_file.tidy(np.sin(np.arange(RATE)), RATE)


def announcing(stage: Stage, engine: FakeEngine) -> Announcing:
    """With one engine installed."""
    installed = {VoiceEngine.NONE: VoiceEngine.NONE}
    return Announcing(
        stage.store,
        lambda: stage.now,
        engine.speak,
        lambda wanted: installed.get(wanted, VoiceEngine.ESPEAK),
        Turns(),
    )


def set_voice(stage: Stage, made: Voice) -> None:
    stage.store.write(lambda conn: settings.save(conn, replace(settings.load(conn), voice=made)))


def last_call(stage: Stage) -> SpokenCall:
    with stage.store.read() as conn:
        [newest] = events.recent_calls(conn, 0, 1)
        call = announcements.recent(conn, newest.seq, 10)
    assert call is not None
    return call


def test_who_is_likely_called_next_is_spoken_ahead_and_then_only_looked_up(stage: Stage) -> None:
    engine = FakeEngine()
    made = announcing(stage, engine)
    for _ in range(5):
        stage.issue("plan")
    made.speak_ahead()
    assert engine.spoken == [], "no counter is open"
    stage.open(4, stage.lin)
    made.speak_ahead()
    assert engine.spoken == ["请 A 零零幺号，到四号柜台 100", "请 A 零零二号，到四号柜台 100"]
    stage.call(4, stage.lin)
    assert made.audio(last_call(stage)) is not None
    stage.later(0.5)
    stage.act(desk.recall, 4, stage.lin)
    assert made.audio(last_call(stage)) is not None, "a recall sounds the same"
    assert len(engine.spoken) == 2
    made.speak_ahead()
    assert engine.spoken[2:] == ["请 A 零零三号，到四号柜台 100"]


def test_each_counter_comes_first_with_whom_it_would_call(stage: Stage) -> None:
    stage.open(4, stage.lin)
    stage.open(5, stage.zhou)
    for _ in range(3):
        stage.issue("plan")
    assert [(call.number, call.counter) for call in likely(stage.present(), Turns())] == [
        ("A001", 4), ("A001", 5), ("A002", 4), ("A002", 5),
    ]  # fmt: skip


def test_a_store_hears_its_languages_speed_and_repeats(stage: Stage) -> None:
    set_voice(stage, Voice(languages=VoiceLanguages.BOTH, times=2, hours=(Loudness("09:00", "12:00", 70, 120),)))
    engine = FakeEngine()
    stage.issue()
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    sound = announcing(stage, engine).audio(last_call(stage))
    assert sound is not None
    assert engine.spoken == ["请 A 零零幺号，到四号柜台 120", "ticket A, zero zero one, please go to counter four 120"]
    assert len(wave_file.samples_of(sound)[0]) / RATE == pytest.approx(4 * 1.0 + 2 * 0.35 + 0.8, abs=0.1)


def test_nothing_is_spoken_by_a_silent_hour_or_without_an_engine(stage: Stage) -> None:
    stage.issue()
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    for made in (Voice(hours=(Loudness("09:00", "12:00", 0),)), Voice(engine=VoiceEngine.NONE)):
        set_voice(stage, made)
        engine = FakeEngine()
        assert announcing(stage, engine).audio(last_call(stage)) is None
        assert engine.spoken == []


def test_only_calls_still_shown_have_a_sound(stage: Stage) -> None:
    stage.issue()
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    [first] = [event.seq for event in stage.journal() if event.kind == "called"]
    with stage.store.read() as conn:
        assert announcements.recent(conn, first, 10) == SpokenCall("A001", 4, "zh")
        assert announcements.recent(conn, first - 1, 10) is None, "the journal has other lines"
    for _ in range(10):
        stage.later(0.5)
        stage.act(desk.recall, 4, stage.lin)
    with stage.store.read() as conn:
        assert announcements.recent(conn, first, 10) is None


def test_a_failing_engine_is_left_alone_and_the_next_calls_go_on_without(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise OSError("no such program")

    engine = FakeEngine(fail)
    made = announcing(stage, engine)
    stage.issue()
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    assert made.audio(last_call(stage)) is None
    assert "rests for a while" in caplog.text
    for _ in range(3):
        stage.later(0.2)
        stage.act(desk.recall, 4, stage.lin)
        assert made.audio(last_call(stage)) is None
    made.speak_ahead()
    assert len(engine.spoken) == 1, f"it rests for {REST_S} s"


def test_a_hanging_engine_holds_up_neither_calls_nor_other_askers(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lobby.announcing.PATIENCE_S", 0.2)
    asked, goes_on = Signal(), Signal()
    engine = FakeEngine(lambda: (asked.set(), goes_on.wait())[1])
    made = announcing(stage, engine)
    for _ in range(3):
        stage.issue()
    stage.open(4, stage.lin)
    ahead = gevent.spawn(made.speak_ahead)
    assert asked.wait(5)
    began = time.monotonic()
    stage.call(4, stage.lin)
    assert time.monotonic() - began < 0.2, "a call asks no engine"
    call = last_call(stage)
    askers = [gevent.spawn(made.audio, call) for _ in range(3)]
    gevent.joinall(askers, raise_error=True)
    assert [asker.value for asker in askers] == [None] * 3
    assert 0.15 < time.monotonic() - began < 1.0
    assert len(engine.spoken) == 1, "they all wait for the one that is being made"
    goes_on.set()
    ahead.join(5)
    assert made.audio(call) is not None


def test_espeak_speaks_what_the_neural_voice_cannot_in_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lobby.announcing.PATIENCE_S", 0.6)
    goes_on = Signal()
    asked: list[VoiceEngine] = []

    def speak(engine: VoiceEngine, phrase: Phrase, speed: int) -> bytes:
        asked.append(engine)
        if engine == VoiceEngine.NEURAL:
            goes_on.wait()
        return FakeEngine().speak(engine, phrase, speed)

    made = Announcing(stage.store, lambda: stage.now, speak, lambda wanted: wanted, Turns())
    call = SpokenCall("A001", 4, "zh")
    assert made.audio(call) is not None
    assert asked == [VoiceEngine.NEURAL, VoiceEngine.ESPEAK]
    goes_on.set()
    gevent.sleep(0.05)
    assert made.audio(call) is not None
    assert len(asked) == 2, "by now the neural voice is ready, and kept for a recall"


def test_the_speaking_process_speaks_tells_its_fault_and_is_started_anew() -> None:
    helper = Helper("lobby.speaker", 10)
    [phrase] = voice.announcement(SpokenCall("A012", 3, "en"), VoiceLanguages.TICKET)
    try:
        assert wave_file.samples_of(helper.ask("speak", VoiceEngine.ESPEAK, phrase, 100))[1] == 22050
        with pytest.raises(KeyError):
            helper.ask("speak", VoiceEngine.ESPEAK, Phrase("zh", ("办",)), 100)
        assert helper.pid is not None
        assert os.getpriority(os.PRIO_PROCESS, helper.pid) > 0, "the lobby goes first"
        os.kill(helper.pid, 9)
        with pytest.raises((OSError, EOFError)):
            helper.ask("speak", VoiceEngine.ESPEAK, phrase, 100)
        assert helper.ask("speak", VoiceEngine.ESPEAK, phrase, 100)
    finally:
        helper.close()


# --- displays ---


def test_a_display_speaks_until_it_is_told_otherwise(stage: Stage) -> None:
    store = stage.store
    with store.read() as conn:
        [(display, sound)] = announcements.sounds(conn).items()
    assert sound == Sound.VOICE
    store.write(lambda conn: announcements.set_sound(conn, display, Sound.CHIME))
    with store.read() as conn:
        assert announcements.sounds(conn) == {display: Sound.CHIME}
