"""The second factor: an authenticator app's codes, each once; recovery codes; and what a copied database gives away."""

import re
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from lobby_stage import Stage
from people_stage import Office

from counter import second_factor
from counter.errors import CodeUsed, FactorUnreadable, WrongCode
from db import keys, second_factors
from db.errors import LobbyError
from db.event_records import EventKind
from db.people_records import Staff

HALF_MINUTE = 0.5


@pytest.fixture
def office(stage: Stage) -> Office:
    return Office(stage)


class Phone:
    """An authenticator app, and the recovery codes on paper beside it."""

    def __init__(self, office: Office, person: Staff) -> None:
        self.office, self.person = office, person
        self.key = keys.load_or_create(office.stage.store.folder)
        begun = office.stage.store.write(lambda conn: second_factor.begin(conn, self.key, person, "店"))
        self.app = pyotp.parse_uri(begun.uri)
        self.paper = office.stage.store.write(
            lambda conn: second_factor.confirm(conn, self.key, person, self.code(), office.stage.now)
        )
        office.stage.later(1)

    def code(self, minutes_off: float = 0) -> str:
        """What the app shows, on a phone whose clock is so far off."""
        assert isinstance(self.app, pyotp.TOTP)
        return self.app.at(int(self.office.stage.now + minutes_off * 60))

    def use(self, code: str) -> None:
        """Sign in with it, after the PIN."""
        now = self.office.stage.now
        self.office.stage.store.write(lambda conn: second_factor.use(conn, self.key, self.person, code, now))


def test_managers_who_came_in_by_a_pin_alone_sign_in_anew_once_a_code_is_asked_of_them(office: Office) -> None:
    tokens = {name: office.session(name).json["token"] for name in ("Mei", "Ada", "Lin")}  # type: ignore[index]
    office.order(office.ada, "sign-ins-set", idle_minutes=60)
    assert all(office.is_known(token) for token in tokens.values())
    office.order(office.ada, "sign-ins-set", managers_need_code=True)
    assert [name for name, token in tokens.items() if office.is_known(token)] == ["Lin"]
    assert office.session("Mei").status_code != 201


def test_setting_up_signing_out_and_in_again_with_a_code(office: Office, stage: Stage) -> None:
    browser = office.browser()
    browser.sign_in("Mei")
    page = browser.get("/me/second-factor").text
    secret = re.findall(r"<code>([A-Z2-7 ]+)</code>", page)[0].replace(" ", "")
    assert browser.get("/me/second-factor/qr.svg").data.startswith(b"<?xml")
    assert browser.post("/me/second-factor", code="000000").status_code == 401
    kept = browser.post("/me/second-factor", code=pyotp.TOTP(secret).at(int(stage.now)))
    assert len(re.findall(r"<code>[A-Z2-7-]{19}</code>", kept.text)) == 10
    browser.post("/counter/sign-out")
    stage.later(HALF_MINUTE)
    led = browser.sign_in("Mei", target="/floor")
    assert led.headers["Location"] == "/counter/sign-in/code"
    assert not browser.is_signed_in
    assert browser.post("/counter/sign-in/code", code="000000").status_code == 401
    entered = browser.post("/counter/sign-in/code", code=pyotp.TOTP(secret).at(int(stage.now)))
    assert entered.headers["Location"] == "/floor"
    assert browser.is_signed_in


def test_a_code_is_good_half_a_minute_around_and_once(office: Office, stage: Stage) -> None:
    phone = Phone(office, stage.mei)
    for off in (-1.01, 1.01):
        with pytest.raises(WrongCode):
            phone.use(phone.code(off))
    phone.use(phone.code(-0.5))
    with pytest.raises(CodeUsed):
        phone.use(phone.code(-0.5))
    phone.use(phone.code(0.5))
    with pytest.raises(CodeUsed):  # of a step before the one that was used last
        phone.use(phone.code())
    stage.later(1)
    phone.use(f" {phone.code()[:3]} {phone.code()[3:]}")


def test_of_two_who_type_one_code_at_the_same_moment_one_gets_in(office: Office, stage: Stage) -> None:
    phone = Phone(office, stage.mei)
    code = phone.code()

    def enters(_: int) -> bool:
        try:
            phone.use(code)
        except LobbyError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(enters, range(8))) == 1


def test_a_recovery_code_works_once_and_is_journalled(office: Office, stage: Stage) -> None:
    phone = Phone(office, stage.mei)
    assert len(set(phone.paper)) == 10
    phone.use(phone.paper[0].lower().replace("-", " "))
    with pytest.raises(WrongCode):
        phone.use(phone.paper[0])
    with stage.store.read() as conn:
        assert second_factors.recovery_codes_left(conn, stage.mei.id) == 9
    assert stage.journal()[-1].kind == EventKind.RECOVERY_CODE_USED


def test_a_copied_database_holds_neither_secret_nor_codes_and_opens_with_no_other_key(
    office: Office, stage: Stage
) -> None:
    phone = Phone(office, stage.mei)
    assert isinstance(phone.app, pyotp.TOTP)
    held = b"".join(path.read_bytes() for path in stage.store.folder.glob("lobbyline.db*"))
    assert phone.app.secret.encode() not in held
    assert not any(code.encode() in held or code.replace("-", "").encode() in held for code in phone.paper)
    with pytest.raises(FactorUnreadable):
        stage.store.write(lambda conn: second_factor.use(conn, b"\0" * 32, stage.mei, phone.code(), stage.now))


def test_a_secret_does_not_open_in_another_persons_row(office: Office, stage: Stage) -> None:
    phone = Phone(office, stage.mei)
    ada = Phone(office, office.ada)
    copied = (
        "UPDATE second_factors SET secret = (SELECT secret FROM second_factors WHERE staff_id = ?) WHERE staff_id = ?"
    )
    stage.store.write(lambda conn: conn.execute(copied, (stage.mei.id, office.ada.id)))
    with pytest.raises(FactorUnreadable):
        ada.use(phone.code())


def test_guessing_at_codes_locks_the_place_like_guessing_at_pins(office: Office, stage: Stage) -> None:
    Phone(office, stage.mei)
    browser = office.browser()
    browser.sign_in("Mei")
    answers = [browser.post("/counter/sign-in/code", code=f"{n:06d}").status_code for n in range(10)]
    assert answers == [401] * 9 + [429]


def test_programs_send_the_code_too(office: Office, stage: Stage) -> None:
    phone = Phone(office, stage.mei)
    assert office.session("Mei").get_json()["code"] == "second_factor_needed"
    assert office.session("Mei", "000000").get_json()["code"] == "wrong_code"
    assert office.session("Mei", phone.code()).status_code == 201


def test_a_manager_who_needs_one_sets_it_up_on_the_way_in(office: Office, stage: Stage) -> None:
    office.order(office.ada, "sign-ins-set", managers_need_code=True)
    assert office.session("Mei").get_json()["code"] == "second_factor_missing"
    assert office.session("Lin").status_code == 201
    browser = office.browser()
    assert browser.sign_in("Mei", target="/floor").headers["Location"] == "/me/second-factor"
    page = browser.get("/me/second-factor").text
    assert not browser.is_signed_in
    secret = re.findall(r"<code>([A-Z2-7 ]+)</code>", page)[0].replace(" ", "")
    kept = browser.post("/me/second-factor", code=pyotp.TOTP(secret).at(int(stage.now)))
    assert 'href="/floor"' in kept.text
    assert browser.is_signed_in


def test_a_link_for_a_new_pin_does_not_go_round_the_second_factor(office: Office, stage: Stage) -> None:
    Phone(office, stage.mei)
    link = office.order(office.ada, "staff-link", name="Mei")["link"].removeprefix("http://lobby")
    browser = office.browser()
    assert browser.use_link(link, pin="8642") == {"next": "/counter/sign-in"}
    assert not browser.is_signed_in
    assert browser.sign_in("Mei", "8642").headers["Location"] == "/counter/sign-in/code"


def test_a_new_pin_between_pin_and_code_ends_the_way_in(office: Office, stage: Stage) -> None:
    phone = Phone(office, stage.mei)
    browser, other = office.browser(), office.browser()
    browser.sign_in("Mei")
    link = office.order(office.ada, "staff-link", name="Mei")["link"].removeprefix("http://lobby")
    other.use_link(link, pin="8642")
    assert browser.post("/counter/sign-in/code", code=phone.code()).status_code == 401
    assert not browser.is_signed_in


def test_an_administrator_resets_what_is_lost_and_the_person_turns_off_what_they_have(
    office: Office, stage: Stage
) -> None:
    Phone(office, stage.mei)
    assert office.order("command", "staff-reset-second-factor", name="Mei") == {"changed": True}
    assert office.session("Mei").status_code == 201
    ada = Phone(office, office.ada)
    browser = office.browser()
    browser.sign_in("Ada")
    browser.post("/counter/sign-in/code", code=ada.code())
    assert browser.post("/me/second-factor/off", code="000000").status_code == 401
    assert browser.post("/me/second-factor/off", code=ada.paper[0]).status_code == 302
    assert office.session("Ada").status_code == 201
