"""A store's settings beside those of others: each says what differs; what goes out as files."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from chain_stage import Office
from flask.testing import FlaskClient
from headquarters import BOSS, PASSWORD
from member import Member

import chain.protocol
from chain.dial import Refused
from chain.errors import OfficeDown, UnknownStore
from chain.office import comparisons, mail, people, stores
from chain.office.comparisons import Answer, Comparison, Difference, Stage
from chain.office.context import COOKIE_KEY
from chain.office.context import Office as Web
from chain.office.errors import NoReferenceFile, NothingToCompare, UnknownComparison
from chain.office.people import OfficeRole
from lobby import commands
from lobby.headoffice import create_app

PUDONG, WEST_LAKE, DRUM_TOWER = NAMES = ("浦东一店", "西湖店", "鼓楼店")
FAIR = "Fair turn after a wait of"


@pytest.fixture
def members(office: Office, tmp_path: Path) -> Iterator[dict[str, Member]]:
    found = {name: Member(office, tmp_path / name, name) for name in NAMES}
    yield found
    for member in found.values():
        member.stage.store.close()


def begin(office: Office, reference: str = PUDONG, names: tuple[str, ...] = NAMES) -> int:
    with office.database.transaction() as conn:
        return comparisons.begin(conn, reference, names, BOSS)[0]


def seen(office: Office, number: int) -> tuple[Comparison, list[Difference]]:
    with office.database.transaction() as conn:
        return comparisons.find(conn, number), comparisons.differences(conn, number)


def answers(office: Office, number: int) -> dict[str, Answer]:
    return {one.store: one.answer for one in seen(office, number)[0].stores}


def compared(office: Office, members: dict[str, Member]) -> int:
    """A comparison that all have answered."""
    number = begin(office)
    for member in members.values():
        member.answer()
    return number


def test_every_store_says_what_it_has_otherwise(office: Office, members: dict[str, Member]) -> None:
    members[PUDONG].set("settings-set", values={"rule.fair_after": 41})
    members[DRUM_TOWER].set("settings-set", values={"rule.fair_after": 33})
    number = compared(office, members)
    found, [fair] = seen(office, number)
    assert (found.stage, found.reference.store) == (Stage.DONE, PUDONG)
    assert (fair.what["en"], fair.reference["en"]) == (FAIR, "41 min")
    assert [(one["value"]["en"], one["stores"]) for one in fair.values] == [
        ("33 min", [DRUM_TOWER]),
        ("45 min", [WEST_LAKE]),
    ]
    assert [member.fair_after_min for member in members.values()] == [41, 45, 33]


def test_a_store_that_is_set_alike_is_told_as_the_same(office: Office, members: dict[str, Member]) -> None:
    members[DRUM_TOWER].set("settings-set", values={"rule.fair_after": 33})
    number = compared(office, members)
    assert answers(office, number) == {WEST_LAKE: Answer.SAME, DRUM_TOWER: Answer.DIFFERENT}


def test_the_others_are_asked_once_when_the_reference_has_told(office: Office, members: dict[str, Member]) -> None:
    reference, other, _ = members.values()
    number = begin(office)
    other.answer()
    assert (seen(office, number)[0].stage, answers(office, number)[WEST_LAKE]) == (Stage.COPYING, Answer.WAITING)
    reference.answer()
    asked = settings_mail(office)
    assert asked == office.hinted == [2, 3]
    with office.database.transaction() as conn:  # restored from a backup the reference is asked again
        conn.execute("UPDATE mail SET state = 'pending', answered_at = NULL WHERE kind = 'settings_copy'")
    reference.stage.store.write(lambda conn: conn.execute("DELETE FROM chain_mail"))
    reference.answer()
    assert settings_mail(office) == asked == office.hinted
    assert seen(office, number)[0].stage == Stage.ASKING


def settings_mail(office: Office) -> list[int]:
    """The stores that were asked what a file would change."""
    with office.database.transaction() as conn:
        found = conn.execute("SELECT store FROM mail WHERE kind = 'settings' ORDER BY store").fetchall()
    return [row["store"] for row in found]


def test_the_file_is_kept_with_the_asking_of_the_others_or_not_at_all(
    office: Office, members: dict[str, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = begin(office)

    def die(*_: object) -> None:
        raise OfficeDown

    with monkeypatch.context() as broken:
        broken.setattr(mail, "send", die)
        with pytest.raises(Refused):
            members[PUDONG].answer()
    found, _ = seen(office, number)
    assert (found.has_file, found.reference.answer) == (False, Answer.WAITING)
    assert settings_mail(office) == []
    members[PUDONG].answer()
    assert seen(office, number)[0].has_file
    assert settings_mail(office) == [2, 3]


def test_a_store_where_the_file_cannot_work_says_why_in_any_language(
    office: Office, members: dict[str, Member]
) -> None:
    for name, code in ((PUDONG, "loans"), (WEST_LAKE, "gifts")):
        members[name].set("service-add", code=code, letter="F", name_zh=code, name_en=code, counters=[1])
    found, _ = seen(office, compared(office, members))
    [refused] = [one for one in found.stores if one.answer == Answer.REFUSED]
    assert refused.store == WEST_LAKE
    [letter] = [fault for fault in (refused.words or {})["faults"] if fault["field"].endswith("services.loans.letter")]
    assert letter["text"] == "The letter {letter} belongs to “{service}”. Free: {free}."
    assert (letter["values"]["letter"], letter["values"]["service"]) == ("F", "gifts")
    assert found.stage == Stage.DONE


def test_an_answer_that_no_page_could_show_is_not_taken(office: Office, members: dict[str, Member]) -> None:
    number = begin(office)
    members[PUDONG].answer()
    for nonsense in ({}, {"changes": [{"what": "x"}], "seen": ""}, {"changes": {"zh": 1}, "seen": ""}):
        said = {"id": 1, "seq": 1, "state": "applied", "result": nonsense}
        assert office.desk.answer(2, "line", "answer", said)["code"] == "invalid_request"
    assert answers(office, number)[WEST_LAKE] == Answer.WAITING


def test_who_leaves_holds_nothing_up(office: Office, members: dict[str, Member]) -> None:
    number = begin(office)
    with office.database.transaction() as conn:
        stores.remove(conn, DRUM_TOWER)
    members[PUDONG].answer()
    members[WEST_LAKE].answer()
    assert answers(office, number) == {WEST_LAKE: Answer.SAME, DRUM_TOWER: Answer.GONE}
    assert seen(office, number)[0].stage == Stage.DONE
    with office.database.transaction() as conn:
        [row] = comparisons.recent(conn, 20)
    assert (row["stores"], row["answered"], row["cut_off"]) == (2, 2, 0)


def test_a_reference_that_cannot_tell_says_why(
    office: Office, members: dict[str, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain.protocol, "LARGEST_COPY", 1000)
    number = begin(office)
    members[PUDONG].answer()
    found, _ = seen(office, number)
    assert found.stage == Stage.FAILED
    assert "larger than the 1 KB" in (found.reference.reason or "")
    with office.database.transaction() as conn, pytest.raises(NoReferenceFile):
        comparisons.file(conn, number)


@pytest.mark.usefixtures("members")
def test_what_cannot_be_compared_is_refused(office: Office) -> None:
    for reference, names, error in ((PUDONG, (PUDONG,), NothingToCompare), ("无", NAMES, UnknownStore)):
        with pytest.raises(error):
            begin(office, reference, names)
    with pytest.raises(UnknownComparison):
        seen(office, 99)
    with office.database.transaction() as conn, pytest.raises(UnknownComparison):
        comparisons.file(conn, 99)


@pytest.fixture
def boss(office: Office) -> FlaskClient:
    """A manager's browser, signed in."""
    with office.database.transaction() as conn:
        people.add(conn, BOSS, OfficeRole.MANAGER, people.hash_password(PASSWORD))
        person, _ = people.find(conn, BOSS)
    assert person is not None
    client = create_app(Web(office.database)).test_client()
    with client.session_transaction() as session:
        session[COOKIE_KEY] = [person.id, person.sign_ins]
    return client


def test_it_goes_out_as_sheets_without_formulas(office: Office, members: dict[str, Member], boss: FlaskClient) -> None:
    members[DRUM_TOWER].set("service-set", code="plan", name_en="=1+1")
    address = f"/api/v1/comparisons/{compared(office, members)}"
    lines = list(csv.reader(io.StringIO(boss.get(f"{address}.csv?lang=en").data.decode("utf-8-sig"))))
    assert lines[0] == ["Setting", f"Reference · {PUDONG}", WEST_LAKE, DRUM_TOWER]
    assert lines[1] == ["Plans & SIM cards, Name in English", "Plans & SIM cards", "", "'=1+1"]
    assert lines[3:] == [
        ["Store", "Region", "State", "Settings that differ", "Why"],
        [WEST_LAKE, "华东/上海", "as the reference", "0", ""],
        [DRUM_TOWER, "华东/上海", "differs", "1", ""],
    ]
    book = openpyxl.load_workbook(io.BytesIO(boss.get(f"{address}.xlsx?lang=zh").data))
    assert book.sheetnames == ["不同的设置", "营业厅"]
    cell = book.worksheets[0]["D2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_references_file_is_the_one_its_own_page_gives(
    office: Office, members: dict[str, Member], boss: FlaskClient
) -> None:
    number = compared(office, members)
    own = commands.run(members[PUDONG].context, "settings-export", {}, "command")["toml"]
    answer = boss.get(f"/api/v1/comparisons/{number}.toml")
    assert answer.text == own
    assert answer.headers["Content-Disposition"] == f'attachment; filename="comparison-{number}.toml"'


def test_comparing_does_not_stand_among_what_was_sent(
    office: Office, members: dict[str, Member], boss: FlaskClient
) -> None:
    compared(office, members)
    assert boss.get("/api/v1/mail").json == {"mail": []}


def test_the_wall_goes_out_as_a_sheet(members: dict[str, Member], boss: FlaskClient) -> None:
    members[WEST_LAKE].open_line().tell()
    lines = list(csv.reader(io.StringIO(boss.get("/api/v1/wall.csv?lang=en").data.decode("utf-8-sig"))))
    by_store = {line[0]: dict(zip(lines[0], line, strict=True)) for line in lines[1:]}
    live, silent = by_store[WEST_LAKE], by_store[PUDONG]
    assert (live["Line to the head office"], live["Region"], live["Counters"], live["People waiting"]) == (
        "live",
        "华东/上海",
        "6",
        "0",
    )
    assert (silent["Line to the head office"], silent["Counters"], silent["Age of the news, s"]) == (
        "Not joined yet",
        "",
        "",
    )
    book = openpyxl.load_workbook(io.BytesIO(boss.get("/api/v1/wall.xlsx?lang=zh").data))
    assert book.worksheets[0]["A1"].value == "营业厅"
