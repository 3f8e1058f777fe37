"""Owns what machines ask of the process: does it live, can it work, how much has it done."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client import generate_latest as render
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from states.errors import DatabaseUnavailable
from web.composition import composed
from web.logs import known_method
from web.permissions import public

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("health", __name__)


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

    def begin(self) -> None:
        """Note when a request came."""
        g.began = perf_counter()

    def end(self, response: Response) -> Response:
        """Count an answered request."""
        endpoint = request.endpoint or "none"
        method, status = known_method(request.method), str(response.status_code)
        self.requests.labels(endpoint, method, status).inc()
        self.seconds.labels(endpoint).observe(perf_counter() - g.began)
        return response


def measure(app: Flask) -> None:
    """Count the requests of an application."""
    meters = Meters()
    app.extensions["nes.meters"] = meters
    app.before_request(meters.begin)
    app.after_request(meters.end)


@blueprint.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """Say that the process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Say whether the process can work: the database answers."""
    try:
        with composed().database.connect() as connection:
            connection.execute(text("select 1"))
    except (SQLAlchemyError, DatabaseUnavailable):
        return {"status": "unavailable", "missing": "database"}, 503
    return {"status": "ok"}


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Hand out the counts in the format of Prometheus."""
    meters: Meters = current_app.extensions["nes.meters"]
    return Response(render(meters.registry), content_type=CONTENT_TYPE_LATEST)
