"""Owns the demo: a store of its own, its server in a child process, and the puppets that keep its lobby alive.

The server's process ends when its standard input does (`lobby.demo_server`), and only this process holds the other end.
"""

import asyncio
import json
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from db import counters
from db.store import Store
from lobby import sample, script
from lobby.crowd import Crowd, name
from lobby.errors import BadSetting
from lobby.puppets import Clerk, Device, Hall, Json, Kiosk
from lobby.script import Plan, PromiseBroken, Script, Summary

Say = Callable[[str], None]

PIN = "2468"
STOP_S = 15.0
LOOK_S = 0.03


def run(plan: Plan, say: Say) -> None:
    """Play until done, SIGINT or SIGTERM. Raises `BadFile`, `BadSetting`, `PromiseBroken`, `OSError`."""
    played = script.write(plan)
    with _folder(plan.data) as folder, suppress(asyncio.CancelledError):
        _create_store(folder, played)
        asyncio.run(_Demo(plan, played, folder, say).run())


@contextmanager
def _folder(chosen: Path | None) -> Iterator[Path]:
    """An empty folder: the one asked for, which is kept, or a temporary one."""
    if chosen is None:
        with tempfile.TemporaryDirectory(prefix="lobbyline-demo-") as made:
            yield Path(made)
        return
    if chosen.exists() and any(chosen.iterdir()):
        raise BadSetting(setting="--data", reason=f"{chosen} is not empty; a demo needs a folder of its own")
    yield chosen


def _create_store(folder: Path, played: Script) -> None:
    """The sample store, with more counters that serve everything if the log's day had more servers."""
    extra = [replace(sample.COUNTERS[-1], number=n) for n in range(len(sample.COUNTERS) + 1, played.counters + 1)]
    store = Store(folder)
    try:
        store.write(lambda conn: sample.create_if_new(conn, played.starts_at(0)))
        for counter in extra:
            store.write(lambda conn, counter=counter: counters.add(conn, counter))  # type: ignore[misc]
    finally:
        store.close()


class _Demo:
    """One run: the server, the devices, the days."""

    def __init__(self, plan: Plan, played: Script, folder: Path, say: Say) -> None:
        self._plan = plan
        self._script = played
        self._folder = folder
        self._say = say

    async def run(self) -> None:
        """Play beside the server, until either ends or a signal comes."""
        this = asyncio.current_task()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, this.cancel if this else sys.exit)
        async with self._server() as server:
            lines = [line async for line in _until_ready(server)]
            await _alongside(self._play(lines), [_ended(server)])

    @asynccontextmanager
    async def _server(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """The server's process, in a session of its own so that Ctrl-C reaches only us."""
        plan = self._plan
        arguments = (self._folder, plan.host, plan.port, plan.speed, self._script.starts_at(plan.speed))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "lobby.demo_server"),
            *map(str, arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            await _stop(process)

    async def _play(self, lines: Sequence[str]) -> None:
        url = lines[-1].removeprefix("ready ").rstrip("/")
        control = json.loads((self._folder / "control.json").read_text())
        async with AsyncExitStack() as devices:

            def device(token: str | None = None, place: int = 1) -> Device:
                made = Device(url, token, place)
                devices.push_async_callback(made.close)
                return made

            technician = device(control["token"])
            tokens = {kind: await _add_device(technician, kind) for kind in ("kiosk", "api")}
            hall = await Hall.enter(device(), self._plan.speed)
            kiosk = Kiosk(device(tokens["kiosk"]), device(), hall)
            people = await self._hire(technician)
            self._show_links(lines, url, people)
            clerks = [Clerk(device(place=n), n, person, PIN, hall) for n, person in people.items()]
            days = self._days(technician, kiosk, hall, device(tokens["api"]))
            await _alongside(days, [hall.watch(), *(clerk.work() for clerk in clerks)])

    async def _hire(self, technician: Device) -> dict[int, str]:
        """Somebody for as many counters as are to be open, those who can do the most first."""
        skilled = sorted(sample.COUNTERS, key=lambda counter: -len(counter.skills))
        numbers = [counter.number for counter in skilled]
        numbers += range(len(numbers) + 1, self._script.counters + 1)
        people = {number: name(number) for number in numbers[: self._script.counters]}
        for person in people.values():
            await _command(technician, "staff-add", {"name": person, "role": "counter", "pin": PIN})
        return people

    def _show_links(self, lines: Sequence[str], url: str, people: dict[int, str]) -> None:
        *links, ready = lines
        for line in links:
            self._say(line)
        self._say(f"  {'floor':8} {url}/floor (after the manager's link)")
        for number, person in sorted(people.items()):
            self._say(f"  {'counter':8} {url}/counter?number={number} ({person}, PIN {PIN})")
        self._say(ready)

    async def _days(self, technician: Device, kiosk: Kiosk, hall: Hall, program: Device) -> None:
        began, arrived = time.monotonic(), 0
        for midnight, crowd in self._script.crowds(self._plan.seed):
            await _send_lists(technician, crowd)
            await asyncio.gather(*(kiosk.receive(visit, midnight) for visit in crowd.visits))
            arrived += len(crowd.visits)
        await hall.becomes_empty()
        journal = await _read_journal(program)
        summary = Summary.read(arrived, len(kiosk.held), journal, time.monotonic() - began)
        self._say(json.dumps(asdict(summary)) if self._plan.as_json else str(summary))
        if not summary.is_kept:
            raise PromiseBroken(**asdict(summary), refused=", ".join(kiosk.refused) or "nobody")
        if not self._plan.stop_when_done:
            await asyncio.Event().wait()


async def _until_ready(server: asyncio.subprocess.Process) -> AsyncIterator[str]:
    """What the server says up to its `ready` line. Ends the program if it fails; it has said why itself."""
    while line := await server.stdout.readline() if server.stdout else b"":
        text = line.decode().rstrip("\n")
        yield text
        if text.startswith("ready "):
            return
    sys.exit(1)


async def _ended(server: asyncio.subprocess.Process) -> None:
    raise OSError(f"the demo's server ended by itself, with code {await server.wait()}")


async def _stop(server: asyncio.subprocess.Process) -> None:
    """End the server's input; if that does not end the server, kill it."""
    if server.stdin:
        server.stdin.close()
    try:
        await asyncio.wait_for(server.wait(), STOP_S)
    except TimeoutError:
        server.kill()
        await server.wait()


async def _alongside(work: Coroutine[Any, Any, None], helpers: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Do the work while the helpers run; a helper's fault is the work's. Nobody is left running."""
    tasks = [asyncio.create_task(part) for part in (work, *helpers)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _command(technician: Device, command: str, arguments: Json) -> Json:
    answer = await technician.insist("POST", f"/commands/{command}", arguments)
    if not answer.is_ok:
        raise BadSetting(setting=command, reason=answer.body.get("detail", f"status {answer.status}"))
    return answer.body


async def _add_device(technician: Device, kind: str) -> str:
    """The new device's token."""
    return str((await _command(technician, "device-add", {"kind": kind, "name": f"demo {kind}"}))["token"])


async def _send_lists(technician: Device, crowd: Crowd) -> None:
    """What a carrier sends ahead: the VIPs of the day and who has booked."""
    await _take_over(technician, "members", crowd.members_csv)
    await _take_over(technician, "appointments", crowd.appointments_csv)


async def _take_over(technician: Device, kind: str, text: str) -> None:
    begun = (await technician.insist("POST", f"/imports?kind={kind}", text.encode())).body
    path = f"/imports/{begun['id']}"
    await _import_past(technician, path, "reading")
    await technician.insist("POST", f"{path}/apply", {"strict": True})
    await _import_past(technician, path, "applying")


async def _import_past(technician: Device, path: str, state: str) -> None:
    """Wait until an import is beyond a state."""
    while (job := (await technician.insist("GET", path)).body)["state"] == state:
        await asyncio.sleep(LOOK_S)
    if job["error"] is not None:
        raise BadSetting(setting=job["kind"], reason=job["error"]["text"])


async def _read_journal(program: Device) -> list[Json]:
    """The whole journal, page by page."""
    journal: list[Json] = []
    while page := (await _events(program, journal[-1]["seq"] if journal else 0)):
        journal += page
    return journal


async def _events(program: Device, after: int) -> list[Json]:
    answer = await program.insist("GET", f"/events?after={after}")
    found: list[Json] = answer.body["events"]
    return found
