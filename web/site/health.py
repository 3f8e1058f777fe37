"""What machines ask of the process: does it live, can it work, what is done and what ails."""

from __future__ import annotations

from math import nan
from time import perf_counter
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client import generate_latest as render
from sqlalchemy.exc import SQLAlchemyError

from handlers.upkeep import figures
from migrations.compatibility import DatabaseAhead, DatabaseBehind, look
from signing.errors import SigningError
from states.kit.errors import DatabaseUnavailable
from states.postgres.database import refuse_read_only
from web.gate.composition import composed
from web.gate.permissions import public
from web.gate.request_log import method_of_request
from web.site.guarded import DatabaseGuard
from web.site.outside_meters import OutsideMeters
from web.site.running_meters import RunningMeters

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("health", __name__)

MOST = 20
"""How many differences of the guard are named; the log names them all."""


class Meters:
    """What one process counts; a second application in the process counts for itself."""

    def __init__(self) -> None:
        """Start all counts at zero."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "nes_http_requests",
            "Answered requests.",
            ("endpoint", "method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "nes_http_request_seconds",
            "Time to answer a request, in seconds.",
            ("endpoint",),
            registry=self.registry,
        )

        self.keys = Gauge(
            "nes_keys_whole",
            "1 while the files of the house's own keys are whole, 0 when they are lost.",
            registry=self.registry,
        )
        self.guard = Gauge(
            "nes_guard_whole",
            "1 while triggers, owners and rights of the database are as the steps made them.",
            registry=self.registry,
        )
        self.retried = Gauge(
            "nes_effects_retried",
            f"Effects that were tried {figures.TRIES} times or more, as last counted.",
            registry=self.registry,
        )
        self.tokens = Gauge(
            "nes_tokens",
            "Tokens that are lost (torn), double or orphans, as last counted.",
            ("fault",),
            registry=self.registry,
        )
        self.outside = OutsideMeters(self.registry)
        self.running = RunningMeters(self.registry)

    def look(self) -> None:
        """Take in how things stand; counts that cannot be read are not a number."""
        self.keys.set(0 if ailment() else 1)
        self.running.look(composed().engine, composed().settings)
        try:
            self.guard.set(0 if _guard().differs() else 1)
            counted = figures.counted(composed().engine)
        except (SQLAlchemyError, DatabaseUnavailable):
            self.guard.set(nan)
            self.retried.set(nan)
            self.tokens.clear()
            self.outside.look(composed().engine, None)
            return
        self.outside.look(composed().engine, counted)
        effects, tokens = counted.of("effects"), counted.of(figures.TOKENS)
        self.retried.set(effects[0].get("all", len(effects)) if effects else 0)
        for fault in ("lost", "double", "orphan"):
            self.tokens.labels(fault).set(sum(row["fault"] == fault for row in tokens))

    def begin(self) -> None:
        """Note when a request came."""
        g.began = perf_counter()

    def end(self, response: Response) -> Response:
        """Count an answered request."""
        endpoint = request.endpoint or "none"
        method, status = method_of_request(), str(response.status_code)
        self.requests.labels(endpoint, method, status).inc()
        self.seconds.labels(endpoint).observe(perf_counter() - g.began)
        return response


def measure(app: Flask) -> None:
    """Count the requests of an application."""
    meters = Meters()
    app.extensions["nes.meters"] = meters
    app.before_request(meters.begin)
    app.after_request(meters.end)


def ailment() -> SigningError | None:
    """Say what keeps the house's own keys from being used, as their files show; None: nothing."""
    try:
        own = composed().engine.services.own_keys
        return own.ailment() if own is not None else None
    except SigningError as error:
        return error


@blueprint.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """Say that the process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Say whether the process can work: the database takes writes, guards and keys are whole."""
    try:
        with composed().database.connect() as connection:
            refuse_read_only(connection)
        look(composed().database)
        differs = _guard().differs()
    except (DatabaseBehind, DatabaseAhead) as error:
        missing = {"missing": "steps", "code": error.code, "why": str(error)}
        return {"status": "unavailable", **missing}, 503
    except DatabaseUnavailable as error:
        why = {"why": error.params["why"]} if "why" in error.params else {}
        return {"status": "unavailable", "missing": "database", **why}, 503
    except SQLAlchemyError:
        return {"status": "unavailable", "missing": "database"}, 503
    failure = ailment()
    if failure is not None:
        return {"status": "unavailable", "missing": "keys", "code": failure.code}, 503
    if differs:
        return {"status": "unavailable", "missing": "guard", "differs": differs[:MOST]}, 503
    return {"status": "ok"}


def _guard() -> DatabaseGuard:
    """Return the guard of the database at hand, whose answer is kept for a minute."""
    database = composed().database
    kept: DatabaseGuard | None = current_app.extensions.get("nes.guard")
    if kept is None or kept.database is not database:
        kept = current_app.extensions["nes.guard"] = DatabaseGuard(database)
    return kept


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Hand out the counts in the format of Prometheus."""
    meters: Meters = current_app.extensions["nes.meters"]
    meters.look()
    return Response(render(meters.registry), content_type=CONTENT_TYPE_LATEST)
