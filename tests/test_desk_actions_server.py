"""The desk's actions over HTTP: each is there, documented, and answers with the counter's view."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from serving import Serving

from counter.actions import ACTIONS

COUNTER = "/api/v1/counters/4"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("desk") / "store") as serving:
        serving.no_patience()
        yield serving


@pytest.fixture(scope="module")
def clerk(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.sign_in("Lin", counter=4)) as client:
        yield client


def act(clerk: httpx.Client, action: str, status: int = 200, **body: Any) -> dict[str, Any]:
    answer = clerk.post(f"{COUNTER}/{action}", json=body)
    assert answer.status_code == status, answer.text
    view: dict[str, Any] = answer.json()
    return view


def test_every_action_is_in_the_openapi_document_with_its_body(server: Serving) -> None:
    with server.client() as anybody:
        document = anybody.get("/api/v1/openapi.json").json()
    paths = document["paths"]
    for action in (*ACTIONS, "issue"):
        operation = paths[f"/api/v1/counters/{{number}}/{action}"]["post"]
        assert operation["summary"]
        assert "requestBody" in operation
    schemas = document["components"]["schemas"]
    assert set(schemas["Transfer"]["properties"]) - {"request_key", "expects"} == {
        "service",
        "counter",
        "staff",
        "place",
    }


def test_a_visit_through_every_action(clerk: httpx.Client) -> None:
    issued = act(clerk, "issue", 201, request_key="a", service="plan", note="带老人")["issued"]["number"]
    assert act(clerk, "issue", 200, request_key="a", service="plan", note="带老人")["issued"]["number"] == issued
    called = act(clerk, "call-next")
    assert called["current"]["number"] == issued
    assert [note["text"] for note in called["current"]["notes"]] == ["带老人"]
    assert called["undo"]["what"] == "call-next"
    act(clerk, "recall")
    act(clerk, "start")
    held = act(clerk, "hold", kind="step", note="去拍照")
    assert [(one["number"], one["step_done"]) for one in held["held"]] == [(issued, False)]
    assert act(clerk, "step-done", ticket=issued)["held"][0]["step_done"]
    assert act(clerk, "resume", ticket=issued)["current"]["state"] == "called"
    act(clerk, "start")
    assert act(clerk, "add-service", service="billing")["current"]["legs"][0]["service"] == "plan"
    act(clerk, "transfer", service="device", place="first")
    assert act(clerk, "call-next")["current"]["service"] == "device"
    act(clerk, "start")
    done = act(clerk, "finish", outcome="referred", wrap_up=True)
    assert done["wrap_up"]["number"] == issued
    assert act(clerk, "undo")["current"]["state"] == "serving"
    act(clerk, "finish")
    paused = act(clerk, "pause", reason="lunch", minutes=30)
    assert paused["pause"]["reason"] == "lunch"
    assert paused["actions"]["call-next"]["code"] == "counter_paused"
    assert act(clerk, "open")["pause"] is None


def test_a_missed_number_is_reinstated_and_a_waiting_one_cancelled(clerk: httpx.Client) -> None:
    number = act(clerk, "issue", 201, request_key="b", service="plan")["issued"]["number"]
    act(clerk, "call-next")
    missed = act(clerk, "no-show")
    assert missed["missed"][0]["number"] == number
    view = act(clerk, "reinstate", ticket=number, reason="回来了")
    assert [one["number"] for one in view["queue"]] == [number]
    assert act(clerk, "cancel", ticket=number, reason="改天再来", left=True)["queue"] == []


def test_what_needs_a_manager_says_so(server: Serving, clerk: httpx.Client) -> None:
    number = act(clerk, "issue", 201, request_key="c", service="plan")["issued"]["number"]
    for action in ("call", "prioritise"):
        refused = act(clerk, action, 403, ticket=number, reason="老人")
        assert refused["code"] in {"call_needs_manager", "move_needs_manager"}
    with server.client(server.sign_in("Mei", role="manager")) as manager:
        assert act(manager, "prioritise", ticket=number, reason="老人")["queue"][0]["number"] == number
        view = act(manager, "call", ticket=number, reason="老人")
        assert (view["current"]["number"], view["reason"]["code"]) == (number, "chosen")
    act(clerk, "undo")
    act(clerk, "cancel", ticket=number, reason="test")


def test_auto_call_is_switched_on_and_off_beside_the_running_server(server: Serving) -> None:
    assert server.command("desk", "--auto-call", "3600") == {"changed": True}
    assert server.command("desk", "--auto-call", "off") == {"changed": True}
    assert server.command("desk", "--auto-call", "off") == {"changed": False}
