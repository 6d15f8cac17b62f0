"""Owns the program's own figures: liveness and Prometheus metrics."""

from collections.abc import Iterable

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from counter.present import load
from counter.web import Context
from db import print_jobs
from db.records import TicketClass


def install(app: Flask, context: Context) -> None:
    """Serve `/healthz` and `/metrics`."""
    registry = CollectorRegistry()
    registry.register(_Lobby(context))

    @app.get("/healthz")
    def healthz() -> dict[str, object]:
        with context.store.read() as conn:
            return {"status": "ok", "version": load(conn, context.clock()).version}

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Lobby(Collector):
    """Reads the lobby when asked, so that a figure is never older than the question."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def collect(self) -> Iterable[GaugeMetricFamily]:
        with self._context.store.read() as conn:
            present = load(conn, self._context.clock())
            unprinted = len(print_jobs.unprinted(conn))
        waiting = GaugeMetricFamily("lobbyline_waiting", "People waiting", labels=["class"])
        classes = [ticket.ticket_class for ticket in present.lobby.waiting]
        for kind in TicketClass:
            waiting.add_metric([kind], classes.count(kind))
        yield waiting
        yield GaugeMetricFamily("lobbyline_journal_version", "Newest journal number", value=present.version)
        yield GaugeMetricFamily("lobbyline_unprinted_slips", "Slips not yet on paper", value=unprinted)
