"""Owns a demo's devices: a kiosk, counters and phones that play a crowd through the public HTTP API and nothing else.

A puppet acts on the API's answers only. After any surprise, a refusal or a broken connection, it looks again at what
the server says and goes on from there, so that a person may press the buttons of a demo too.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from lobby.clock import Clock
from lobby.crowd import Visit

Json = dict[str, Any]

LOOK_EVERY_S = 5.0
"""How often somebody looks at the board, in the store's seconds."""
LOOK_LIMITS_S = (0.05, 1.0)
"""… but within these real seconds, however fast the clock runs."""
RECALL_AFTER_S = 30.0
RETRY_S, TRIES = 0.2, 100
SIGN_IN_AGAIN_S = 3.0
MEETING_S = 2.0
"""Real seconds in which the kiosk's own answer must have come in for a number that is called."""
CONNECTIONS = 8
"""Of one device. Who has to wait waits here: each request that waits in httpx's own pool slows all the others down."""
NOBODY = frozenset({"nobody_waiting", "no_skill", "reserved_for_vip"})
PAUSED = "counter_paused"
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""The demo's server speaks plain HTTP; one empty context for all clients saves loading the certificates for each."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said; status 0 means that no answer came."""

    status: int
    body: Json = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        """Whether it did what it was asked."""
        return httpx.codes.is_success(self.status)

    @property
    def is_fault(self) -> bool:
        """Whether asking the same again may help."""
        return self.status == 0 or httpx.codes.is_server_error(self.status)

    @property
    def code(self) -> str:
        """The stable name of a refusal."""
        return str(self.body.get("code", ""))


class Device:
    """A client of the API. Each has an address of its own, as devices in a lobby have: sign-ins are limited by it."""

    def __init__(self, url: str, token: str | None = None, place: int = 1) -> None:
        own = f"127.0.1.{place}" if url.startswith("http://127.") else None
        transport = httpx.AsyncHTTPTransport(verify=_NO_TLS, local_address=own)
        self._client = httpx.AsyncClient(base_url=f"{url}/api/v1", transport=transport, timeout=30, trust_env=False)
        self._free = asyncio.Semaphore(CONNECTIONS)
        self.token = token

    async def ask(self, method: str, path: str, body: Mapping[str, Any] | bytes | None = None) -> Answer:
        """One request with JSON, or with a file's bytes; a broken connection is an answer too."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent: Json = {"json": body}
        if isinstance(body, bytes):
            sent = {"content": body}
            headers["Content-Type"] = "application/octet-stream"
        try:
            async with self._free:
                answer = await self._client.request(method, path, headers=headers, **sent)
        except httpx.TransportError:
            return Answer(0)
        return Answer(answer.status_code, answer.json() if "json" in answer.headers.get("Content-Type", "") else {})

    async def insist(self, method: str, path: str, body: Mapping[str, Any] | bytes | None = None) -> Answer:
        """The same until the server answers it, for what is safe to repeat. Raises `OSError` if it never does."""
        for _ in range(TRIES):
            answer = await self.ask(method, path, body)
            if not answer.is_fault:
                return answer
            await asyncio.sleep(RETRY_S)
        raise OSError(f"the server keeps failing at {method} {path}")

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()


class Hall:
    """What everybody in the lobby shares: its clock, the board, and which customer holds which number."""

    def __init__(self, board: Device, clock: Clock) -> None:
        self._board = board
        self._clock = clock
        self._holders: dict[str, asyncio.Future[Visit]] = {}
        self._looked = asyncio.Condition()
        self._idle_looks = 0

    @classmethod
    async def enter(cls, board: Device, speed: float) -> "Hall":
        """Set one's clock by the server's."""
        now = (await board.insist("GET", "/board")).body["now"]
        return cls(board, Clock(speed, datetime.fromisoformat(now).timestamp()))

    async def sleep(self, seconds: float) -> None:
        """Let the store's seconds pass."""
        await asyncio.sleep(seconds / self._clock.speed)

    async def sleep_until(self, at: float) -> None:
        """Wait for a moment, in seconds since the epoch by the store's clock."""
        await self.sleep(max(0.0, at - self._clock()))

    def seat(self, number: str, visit: Visit) -> None:
        """A customer got a number."""
        if number not in self._holders or self._holders[number].done():
            self._holders[number] = asyncio.get_running_loop().create_future()
        self._holders[number].set_result(visit)

    async def holder(self, number: str) -> Visit:
        """Whose number is called; somebody from outside the crowd, if the kiosk never answers for it."""
        holder = self._holders.setdefault(number, asyncio.get_running_loop().create_future())
        await asyncio.wait([holder], timeout=MEETING_S)
        return holder.result() if holder.done() else Visit(f"guest-{number}", 0, "", walk_s=10, service_s=120)

    async def watch(self) -> None:
        """Look at the board for ever, and wake as many idle counters as people wait."""
        shortest, longest = LOOK_LIMITS_S
        while True:
            await asyncio.sleep(min(longest, max(shortest, LOOK_EVERY_S / self._clock.speed)))
            board = (await self._board.insist("GET", "/board")).body
            waiting = sum(queue["waiting"] for queue in board["queues"])
            async with self._looked:
                self._idle_looks = 0 if waiting or board["serving"] else self._idle_looks + 1
                self._looked.notify(waiting)

    async def somebody_waits(self) -> None:
        """Wait until the board shows somebody for this counter to try and call."""
        async with self._looked:
            await self._looked.wait()

    async def becomes_empty(self) -> None:
        """Wait until nobody waits and nobody is served: two looks, as one may have begun before the last arrival."""
        self._idle_looks = 0
        while self._idle_looks < len(("begun before", "begun since")):
            await asyncio.sleep(LOOK_LIMITS_S[0])


class Kiosk:
    """Where the crowd takes its numbers, and the phones some of them hold them on."""

    def __init__(self, kiosk: Device, phones: Device, hall: Hall) -> None:
        self._kiosk = kiosk
        self._phones = phones
        self._hall = hall
        self.held: set[str] = set()
        """The tokens of all tickets given."""
        self.refused: list[str] = []
        """Why somebody got none."""

    async def receive(self, visit: Visit, midnight: float) -> None:
        """A customer comes, takes a number, and gives it up if their patience ends before they are called."""
        await self._hall.sleep_until(midnight + visit.arrives_s)
        ticket = await self._issue(visit)
        if ticket is None:
            return
        self.held.add(ticket["token"])
        self._hall.seat(ticket["number"], visit)
        if visit.patience_s is not None:
            await self._hall.sleep(visit.patience_s)
            await self._phones.insist("POST", f"/tickets/{ticket['token']}/cancel")

    async def _issue(self, visit: Visit) -> Json | None:
        """As booked, as a VIP, or as anybody: whoever is refused one takes an ordinary ticket, as the kiosk advises."""
        wish = {"request_key": visit.key, "language": visit.language}
        tries: list[tuple[str, Json]] = [("/tickets", {**wish, "service": visit.service})]
        if visit.phone:
            tries.insert(0, ("/tickets", {**wish, "service": visit.service, "phone": visit.phone}))
        if visit.booking:
            tries.insert(0, ("/check-ins", {**wish, "code": visit.booking}))
        for path, body in tries:
            answer = await self._kiosk.insist("POST", path, body)
            if answer.is_ok:
                return answer.body
        self.refused.append(f"{visit.key}: {answer.code}")
        return None


class Clerk:
    """One of the staff at a counter: signs in, opens it, and serves whoever the server says is next."""

    def __init__(self, device: Device, number: int, name: str, pin: str, hall: Hall) -> None:
        self._device = device
        self._number = number
        self._who = {"staff": name, "pin": pin}
        self._hall = hall

    async def work(self) -> None:
        """Work for ever; whatever was refused, look again and go on."""
        answer = Answer(0)
        while True:
            answer = await self._step(answer.body) if answer.is_ok else await self._look_again(answer)

    async def _step(self, view: Json) -> Answer:
        current = view["current"]
        if current is None:
            return await self._call()
        visit = await self._hall.holder(current["number"])
        return await (self._meet(visit) if current["state"] == "called" else self._serve(visit))

    async def _call(self) -> Answer:
        while (answer := await self._act("call-next")).code in NOBODY | {PAUSED}:
            await self._hall.somebody_waits()
        return answer

    async def _meet(self, visit: Visit) -> Answer:
        """Wait for the customer, call once more, and give up."""
        walk_s = 2 * RECALL_AFTER_S if visit.walk_s is None else visit.walk_s
        await self._hall.sleep(min(walk_s, RECALL_AFTER_S))
        if walk_s > RECALL_AFTER_S:
            await self._act("recall")
            await self._hall.sleep(walk_s - RECALL_AFTER_S)
        return await self._act("no-show" if visit.walk_s is None else "start")

    async def _serve(self, visit: Visit) -> Answer:
        await self._hall.sleep(visit.service_s)
        answer = await self._act("call-next", finish=True)
        return await self._act("finish") if answer.code in NOBODY else answer

    async def _look_again(self, refused: Answer) -> Answer:
        """Opening one's own counter again changes nothing and shows it as it is."""
        if self._device.token is None or refused.status == httpx.codes.UNAUTHORIZED:
            await self._sign_in()
        answer = await self._act("open")
        if not answer.is_ok:
            await asyncio.sleep(RETRY_S)
        return answer

    async def _sign_in(self) -> None:
        self._device.token = None
        while not (answer := await self._device.insist("POST", "/sessions", self._who)).is_ok:
            await asyncio.sleep(SIGN_IN_AGAIN_S)
        self._device.token = answer.body["token"]

    async def _act(self, action: str, **options: bool) -> Answer:
        return await self._device.ask("POST", f"/counters/{self._number}/{action}", options)
