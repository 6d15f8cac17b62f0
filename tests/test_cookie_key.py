"""The key that signs cookies: made once, kept, and made anew where a fault has left no usable one."""

import pytest
from flask.testing import FlaskClient
from lobby_stage import Stage

from counter.web import Context
from lobby.app import create_app


def _browser(stage: Stage) -> FlaskClient:
    return create_app(Context(stage.store, lambda: stage.now, "http://lobby"), "control").test_client()


@pytest.mark.parametrize("left", [b"", b"3f", b"\0" * 64])
def test_less_than_a_key_is_replaced_and_people_sign_in_again(stage: Stage, left: bytes) -> None:
    secret = stage.store.folder / "secret"
    secret.write_bytes(left)
    assert _browser(stage).get("/counter/sign-in").status_code == 200
    made = secret.read_text()
    assert len(made) == 64
    assert secret.stat().st_mode & 0o077 == 0
    _browser(stage)
    assert secret.read_text() == made
