"""What lies in a store's folder is nobody's to read but its user's, whatever the machine's usual modes are."""

import subprocess
from pathlib import Path

from newborn import sample_store
from serving import LOBBYLINE

from db.store import FILE, OTHERS, Store
from lobby.doctor import State, examine


def _open_to_others(folder: Path) -> list[str]:
    return [path.name for path in (folder, *folder.rglob("*")) if path.stat().st_mode & OTHERS]


def test_a_new_store_is_its_users_alone_also_where_files_are_usually_readable_by_all(tmp_path: Path) -> None:
    folder = tmp_path / "of" / "a" / "store"
    words = [LOBBYLINE, "serve", "--port", "0", "--data", str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, umask=0o022) as serving:
        assert serving.stdout is not None
        for line in serving.stdout:
            if line.startswith("ready"):
                break
        found, names = _open_to_others(folder), {path.name for path in folder.iterdir()}
        serving.terminate()
    assert {FILE, f"{FILE}-wal", f"{FILE}-shm", "logs"} <= names
    assert found == []


def test_a_store_of_before_is_told_of_and_closed_to_others_when_it_is_opened(tmp_path: Path) -> None:
    folder = sample_store(tmp_path / "store")
    folder.chmod(0o755)
    (folder / FILE).chmod(0o644)
    assert ("open_to_others", State.WARN) in [(found.said.code, found.state) for found in examine(folder)]
    Store(folder).close()
    assert not {"store", FILE} & set(_open_to_others(folder))  # the rest lies behind the closed folder
    assert "open_to_others" not in [found.said.code for found in examine(folder)]
