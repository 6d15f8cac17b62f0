"""What set-up commands refuse: to those below an administrator, and addresses nobody can follow."""

from pathlib import Path
from typing import Any

import pytest
from lobby_stage import Stage
from test_setting_changes import HAI, ask, do, undo

from counter.errors import Forbidden
from db import settings
from db.people_records import Role, Staff
from lobby import texts
from lobby.phone_address import BadUrl

MEI = Staff(91, "Mei", Role.MANAGER)


def test_a_manager_makes_backups_but_takes_no_key_and_chooses_no_folder(stage: Stage, tmp_path: Path) -> None:
    second = tmp_path / "elsewhere"
    for name, arguments in (("backup", {"with_key": True}), ("backup-set", {"second": str(second)})):
        with pytest.raises(Forbidden):
            ask(stage, name, MEI, **arguments)
    assert not (stage.store.folder / "backups").exists()
    assert not second.exists()
    do(stage, "backup-set", MEI, every_h=2)
    assert Path(ask(stage, "backup", MEI)["file"]).exists()
    change = do(stage, "backup-set", HAI, second=str(second))
    assert Path(ask(stage, "backup", HAI, with_key=True)["key"]).exists()
    with pytest.raises(Forbidden):
        undo(stage, change, MEI)


@pytest.mark.parametrize(
    "address",
    ["http://[::1", "http://a b", 'http://evil.example/"><script>', f"http://a.example/{'x' * 3000}", "http://",
     "http://store:port", "ftp://store", "store", "http://store/?a=", "http://store/#a", "http://st'ore"],
)  # fmt: skip
def test_an_address_for_phones_that_leads_nowhere_is_refused_in_words(stage: Stage, address: str) -> None:
    with pytest.raises(BadUrl) as refused:
        ask(stage, "store-set", MEI, public_url=address)
    assert "手机访问地址" in texts.say(refused.value, "zh")
    assert _address(stage) is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [("http://192.168.1.10:8080/", "http://192.168.1.10:8080"), ("https://[fd00::1]:8443", "https://[fd00::1]:8443"),
     ("https://lobby.example/hall", "https://lobby.example/hall"), ("", None)],
)  # fmt: skip
def test_an_address_for_phones_is_kept_as_pages_need_it(stage: Stage, given: str, kept: str | None) -> None:
    ask(stage, "store-set", MEI, public_url=given)
    assert _address(stage) == kept


def _address(stage: Stage) -> Any:
    with stage.store.read() as conn:
        return settings.load(conn).public_url
