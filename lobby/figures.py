"""Owns the program's own figures: liveness and Prometheus metrics."""

import time
from collections.abc import Iterable

from flask import Flask, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from counter.present import load
from counter.web import Context
from db import backups, print_jobs
from db.counter_records import CounterState
from db.ticket_records import TicketClass
from lobby import __version__, logs


def install(app: Flask, context: Context) -> None:
    """Serve `/healthz` and `/metrics`."""
    registry = CollectorRegistry()
    registry.register(_Lobby(context))
    ProcessCollector(registry=registry)
    took = Histogram("lobbyline_request_seconds", "How long requests took", ["route", "status"], registry=registry)

    @app.after_request
    def observe(answer: Response) -> Response:
        took.labels(request.url_rule or "unknown", f"{answer.status_code // 100}xx").observe(logs.since_began())
        return answer

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

    def collect(self) -> Iterable[Metric]:
        with self._context.store.read() as conn:
            present = load(conn, self._context.clock())
            unprinted = len(print_jobs.unprinted(conn))
        waiting = GaugeMetricFamily("lobbyline_waiting", "People waiting", labels=["class"])
        classes = [ticket.ticket_class for ticket in present.lobby.waiting]
        for kind in TicketClass:
            waiting.add_metric([kind], classes.count(kind))
        yield waiting
        counters = GaugeMetricFamily("lobbyline_counters", "Counters by what they do", labels=["state"])
        states = [counter.state for counter in present.lobby.counters]
        for state in CounterState:
            counters.add_metric([state], states.count(state))
        yield counters
        yield GaugeMetricFamily("lobbyline_journal_version", "Newest journal number", value=present.version)
        yield GaugeMetricFamily("lobbyline_unprinted_slips", "Slips not yet on paper", value=unprinted)
        copies = backups.in_folder(self._context.store.folder / backups.FOLDER)
        if copies:
            age_s = time.time() - backups.made_at(copies[-1])
            yield GaugeMetricFamily("lobbyline_backup_age_seconds", "Since the newest backup", value=age_s)
        yield InfoMetricFamily("lobbyline_build", "What is running", value={"version": __version__})
