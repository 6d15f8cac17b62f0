"""Owns how often one browser, one device or one address may ask, and how much it may send.

A program with a token of its own is trusted to ask as often as it needs; only its wrong guesses are counted.
"""

from collections.abc import Callable
from math import ceil
from time import time

from flask import Response, g, request
from limits import RateLimitItem, parse
from limits.strategies import RateLimiter

from counter.web import Caller, bearer, is_missed
from kiosk.errors import TooManyRequests
from lobby.gate import key

TOUCHES = parse("120 per minute")
"""Of one kiosk's browser: a customer a second is half of it."""

ADDRESS = parse("240 per minute")
"""Phones behind one address, as a provider's or a store's own network shows them: each acts a few times a visit."""

LINKS = parse("30 per minute")
"""Enrolment links used from one address."""

GUESSES = parse("60 per 5 minutes")
"""Phones, card numbers and booking codes that nobody has, by one device or person: more than a lobby mistypes."""

ANEW = parse("1 per 5 minutes")
"""The same one again tells nothing new: a page that shows what was looked for asks again with every change."""

NOT_KNOWN = 404
_PER_ADDRESS: dict[str, RateLimitItem] = {
    "POST /enrol/<token>": LINKS,
    "GET /t/<token>/qr.svg": ADDRESS,
    "POST /api/v1/tickets/<token>/cancel": ADDRESS,
    "POST /api/v1/tickets/<token>/let-pass": ADDRESS,
    "POST /api/v1/tickets/<token>/rate": ADDRESS,
}
_PER_BROWSER: dict[str, RateLimitItem] = {
    "POST /api/v1/tickets": TOUCHES,
    "POST /api/v1/check-ins": TOUCHES,
    "POST /api/v1/identify": TOUCHES,
    "POST /api/v1/help-calls": TOUCHES,
}
_GUESSED = frozenset({
    "POST /api/v1/tickets",
    "POST /api/v1/check-ins",
    "POST /api/v1/identify",
    "POST /api/v1/counters/<int:number>/issue",
    "GET /api/v1/appointments",
    "POST /api/v1/appointments/customer",
    "GET /api/v1/appointments/<code>",
    "PATCH /api/v1/appointments/<code>",
    "DELETE /api/v1/appointments/<code>",
    "POST /api/v1/appointments/<code>/reveal",
    "POST /api/v1/appointments/<code>/reminder",
    "DELETE /api/v1/appointments/<code>/reminder",
})  # fmt: skip
_SOUGHT_BY = ("phone", "member_no", "code", "proxy_for")
_WITH_FILES = frozenset({"POST /api/v1/commands/<name>", "POST /api/v1/imports", "POST /api/v1/slips/preview"})
"""All of them are for managers; their bound is the application's own."""

LARGEST_MESSAGE = 64 * 1024
RETRY_S = "60"
"""Told where the refusal does not say more exactly when to try again: a minute is the longest that it can take."""


class Limiting:
    """Counts the requests of one application."""

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter

    @staticmethod
    def bound_body() -> None:
        """What is no file is short: nobody fills the memory with it."""
        if _route() not in _WITH_FILES:
            request.max_content_length = LARGEST_MESSAGE

    def count_address(self) -> None:
        """Before anything else is looked at. Raises `TooManyRequests`."""
        route = _route()
        if route in _PER_ADDRESS:
            self._require(self._limiter.hit, _PER_ADDRESS[route], route, request.remote_addr or "")

    def count_asker(self) -> None:
        """Once the gate knows who asks, and the body is sound. Raises `TooManyRequests`."""
        route = _route()
        if route in _PER_BROWSER and bearer() is None:
            self._require(self._limiter.hit, _PER_BROWSER[route], route, _asker())
        if route in _GUESSED and _sought():
            self._require(self._limiter.test, GUESSES, _asker())

    def count_guess(self, answer: Response) -> Response:
        """What was not known was a guess; a refusal says when to try again."""
        is_miss = answer.status_code == NOT_KNOWN or is_missed()
        if is_miss and _route() in _GUESSED and _sought() and self._limiter.hit(ANEW, _asker(), _sought()):
            self._limiter.hit(GUESSES, _asker())
        if answer.status_code == TooManyRequests.status:
            answer.headers.setdefault("Retry-After", RETRY_S)
        return answer

    def _require(self, is_allowed: Callable[..., bool], limit: RateLimitItem, *who: str) -> None:
        if not is_allowed(limit, *who):
            refused = TooManyRequests()
            refused.retry_s = max(1, ceil(self._limiter.get_window_stats(limit, *who).reset_time - time()))
            raise refused


def _route() -> str:
    rule = request.url_rule
    return key(request.method, rule) if rule else ""


def _sought() -> str:
    """By what the request looks for somebody; nothing where it gives out a number or a day's list without that."""
    body = request.get_json(silent=True)
    named = [body.get(name) for name in _SOUGHT_BY] if isinstance(body, dict) else []
    sought = [(request.view_args or {}).get("code"), *request.args.getlist("find"), *named]
    return " ".join(str(one) for one in sought if one)


def _asker() -> str:
    """Who is counted: the person at a shared browser, else the device."""
    caller: Caller = g.caller
    return caller.actor
