"""What a server loads at its start: nothing that only few stores need, and that later."""

import subprocess
import sys

LATER = ("chain", "escpos", "httpx", "numba", "openpyxl", "onnxruntime", "playwright", "psycopg", "sqlalchemy")


def test_a_server_starts_without_what_only_printers_webhooks_and_workbooks_need() -> None:
    code = (
        "from gevent import monkey; monkey.patch_all(); import sys, lobby.program, lobby.server;"
        f"print([name for name in {LATER} if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
