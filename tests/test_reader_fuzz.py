"""The reader of lists meets what no office ever sent: it gives members, faults or a clear refusal, and never breaks."""

import tempfile
from pathlib import Path

import office
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lobby_stage import Stage

from db import plans
from kiosk import imports
from kiosk.errors import BadFile

SAMPLES = [
    office.text(office.sample()).encode("gb18030"),
    office.text(office.sample()).encode(),
    office.text(office.sample(), "\t").encode("utf-16"),
    office.workbook(office.sample()),
]
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["2026/2/29", "２０２６年９月１日", "=1+1", "+86 139", '"', "金卡", "\ufffd", "13900136631", "1e999"]
    ),
)
LINES = st.lists(st.lists(CELLS, max_size=14), max_size=12)

fuzz = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _read(stage: Stage, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, stage.store.read() as conn:
        try:
            facts = imports.prepare(conn, "members", data, Path(folder))
        except BadFile:
            return
        faults = plans.faults(imports.plan_in(Path(folder)))
        assert (facts.right, len(faults)) == (facts.added + facts.changed + facts.unchanged, facts.faults)
        for fault in faults:
            assert fault.reason
            assert fault.line > 1


@fuzz
@given(st.binary(max_size=400))
def test_random_bytes_are_refused_in_words(stage: Stage, data: bytes) -> None:
    _read(stage, data)


@fuzz
@given(st.sampled_from(SAMPLES), st.data())
def test_a_list_with_damaged_bytes_is_read_or_refused(stage: Stage, sample: bytes, chance: st.DataObject) -> None:
    data = bytearray(sample)
    for _ in range(chance.draw(st.integers(1, 6))):
        at = chance.draw(st.integers(0, len(data) - 1))
        data[at : at + chance.draw(st.integers(0, 3))] = chance.draw(st.binary(max_size=4))
    _read(stage, bytes(data))


@fuzz
@given(LINES, st.sampled_from([",", "\t", ";"]), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_lines_of_nonsense_below_a_right_heading_are_faults(
    stage: Stage, lines: list[list[str]], delimiter: str, encoding: str
) -> None:
    text = office.text([office.HEADING, *lines], delimiter)
    _read(stage, text.encode(encoding, "replace"))


@pytest.mark.parametrize("cut", range(0, 6000, 173))
def test_a_workbook_cut_short_is_refused(stage: Stage, cut: int) -> None:
    _read(stage, SAMPLES[3][:cut])
