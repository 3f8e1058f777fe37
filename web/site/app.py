"""The making of the site: one Flask application out of one composition."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from flask import Flask, current_app
from flask_bootstrap import Bootstrap5
from jinja2 import StrictUndefined
from whitenoise import WhiteNoise

from handlers.kit.roles import APPLICANT
from handlers.kit.signing_words import told_in_frame
from states.kit.proxies import proxies_of
from web.gate.composition import KEY, composed
from web.gate.errors import handle_errors, store_session
from web.gate.forwarded import Forwarded
from web.gate.language import language, speak
from web.gate.limits import throttle
from web.gate.outcome import follow_commits
from web.gate.permissions import check_permission
from web.gate.request_log import log_requests
from web.gate.security import file_headers, protect
from web.gate.session import keep_sessions, signed_in
from web.gate.unreadable_text import refuse_odd_texts
from web.kit import frame
from web.kit.formats import add_filters
from web.kit.tables import add_tables
from web.kit.wording import add_wording
from web.site import assets, health

if TYPE_CHECKING:
    from wsgiref.headers import Headers

    from web.gate.composition import Composition

LARGEST_REQUEST = 20 * 1024 * 1024
"""Bytes of the largest request that is read (a staff list of a ministry is far smaller)."""

LARGEST_FIELD = 1024 * 1024
"""Bytes of form fields kept in memory."""


def create_app(composition: Composition) -> Flask:
    """Return the site over a composition; nothing is read from the environment here."""
    app = Flask("web")
    app.extensions[KEY] = composition
    _configure(app, composition)
    app.jinja_env.undefined = StrictUndefined
    add_filters(app)
    add_tables(app)
    add_wording(app)
    follow_commits(app)
    log_requests(app)
    health.measure(app)
    protect(app)
    refuse_odd_texts(app)
    _extend(app)
    keep_sessions(app)
    app.before_request(check_permission)
    handle_errors(app)
    for blueprint in frame.blueprints(demo=composition.settings.demo):
        app.register_blueprint(blueprint)
    app.after_request(store_session)  # the last one here is the first that is called
    app.context_processor(_menu)
    _serve_files(app)
    believed = Forwarded(app.wsgi_app, proxies_of(composition.settings))
    app.wsgi_app = believed  # type: ignore[method-assign, assignment]
    return app


def _configure(app: Flask, composition: Composition) -> None:
    settings = composition.settings
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SESSION_COOKIE_NAME="nes" if settings.demo else "__Host-nes",
        SESSION_COOKIE_SECURE=not settings.demo,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FIELD,
        BOOTSTRAP_SERVE_LOCAL=True,
        WTF_CSRF_TIME_LIMIT=None,  # the form lives as long as the session it is bound to
    )


def _extend(app: Flask) -> None:
    Bootstrap5(app)
    speak(app)
    throttle(app)


def _menu() -> dict[str, object]:
    """Give the layout the menu of who is signed in, and whether this is a demo."""
    person = signed_in()
    menu = frame.menu_for(current_app, person.actor.roles) if person else []
    staff = person is not None and person.actor.roles != {APPLICANT}
    failure = health.ailment() if staff else None
    return {
        "menu": menu,
        "demo": composed().settings.demo,
        "key_failure": failure and told_in_frame(failure, language()),
    }


def _serve_files(app: Flask) -> None:
    """Let WhiteNoise hand out the files, ours and Bootstrap's, before Flask is asked."""
    kept = file_headers(tls=bool(app.config["SESSION_COOKIE_SECURE"]))

    def add(headers: Headers, _path: str, _url: str) -> None:
        for name, value in kept.items():
            headers[name] = value

    # On a full disk the site stays up: Flask hands the files out as they lie in the packages.
    with suppress(OSError):
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            root=str(assets.laid_out(app.extensions[KEY].settings.var)),
            max_age=3600,
            add_headers_function=add,
        )
