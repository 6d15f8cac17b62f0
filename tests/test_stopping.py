"""A server that ends, for whatever reason, ends its workers before its store."""

import subprocess
from pathlib import Path

from newborn import sample_store
from serving import LOBBYLINE

from db import staff
from db.people_records import DeviceKind
from db.store import FILE, Store
from lobby import server


def test_a_server_that_can_tell_nobody_where_it_is_ends_in_order(tmp_path: Path) -> None:
    store = Store(sample_store(tmp_path / "store"))
    for n in range(3):
        options = {"address": f"file://{tmp_path}/paper{n}", "font": "raster", "width_mm": "80"}
        store.write(lambda conn, n=n, options=options: staff.add_device(conn, DeviceKind.PRINTER, f"p{n}", options))  # type: ignore[misc]
    store.close()
    words = [LOBBYLINE, "serve", "--port", "0", "--data", str(store.folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        assert serving.stderr is not None
        serving.stdout.close()
        said = serving.stderr.read()
    assert said.startswith("lobbyline: Broken pipe\n")
    assert "Traceback" not in said, "the interpreter may still say that it could not flush"
    assert not (store.folder / f"{FILE}-wal").exists()  # nobody had the database open when the store was closed
    assert not (store.folder / server.CONTROL).exists()


def test_a_folder_that_takes_no_change_any_more_does_not_keep_a_server_from_ending(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    with server._control_file(folder / server.CONTROL, {"url": "http://127.0.0.1"}):
        folder.rename(tmp_path / "elsewhere")
        folder.touch()  # now the file cannot be unlinked, which root could do in a folder that is read-only for others
