"""The sessions of browsers: rows of a table, opened by the random id in the cookie.

The cookie holds a random id and nothing else; a stranger's has a row only while something is kept.
What a session keeps stands in the table, encrypted under a key made of that id; it is read when
first asked for, so that a page that needs no session costs no query. One request reads once and
writes at most in one transaction.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import flash
from flask.globals import request_ctx
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin

from handlers.kit import sessions
from handlers.kit.services import vault_of
from states.postgres.commits import aside
from web.gate import anonymous_ids
from web.gate.composition import KEY, composed
from web.gate.language import lazy_gettext as _
from web.gate.source import name_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from flask import Flask, Request, Response

    from handlers.kit.sessions import Who
    from web.gate.composition import Composition

FORM_TOKEN = "csrf_token"  # noqa: S105 - a name
"""Under which name flask-wtf asks a session for what guards its forms."""

NOTED_EACH = timedelta(minutes=1)
"""Use is noted no more often than this, so that most requests write nothing."""

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_SECRET_BYTES = 32
_NONCE_BYTES = 12
_JSON = TaggedJSONSerializer()

ENDED = {
    "idle": _("Oturumunuz uzun süre işlem yapılmadığı için kapatıldı. Yeniden giriş yapınız."),
    "too_old": _("Oturumunuz en uzun süresine ulaştığı için kapatıldı. Yeniden giriş yapınız."),
    "rights_changed": _(
        "Hesabınızın yetkileri değişti; oturumunuz kapatıldı. Yeniden giriş yapınız."
    ),
    "by_administrator": _("Oturumunuz yönetici tarafından kapatıldı. Yeniden giriş yapınız."),
    "everywhere": _("Bu oturum başka bir yerden kapatıldı. Yeniden giriş yapınız."),
    "singly": _("Bu oturum başka bir yerden kapatıldı. Yeniden giriş yapınız."),
    "restored": _("Sistem yedekten geri yüklendi; oturumunuz kapatıldı. Yeniden giriş yapınız."),
}
"""What is said to somebody whose session is over; nothing is said to one who signed out."""


class BrowserSession(SessionMixin):
    """What one browser's session holds; the table is asked when something is first read."""

    def __init__(self, secret: str | None, composition: Composition) -> None:
        """Hold the id of the cookie; nothing is read yet."""
        self.secret, self.composition = secret, composition
        self.who: Who | None = None
        self.opened = self.broken = self.modified = self.used = False
        self.began: datetime | None = None
        self.noted: datetime | None = None
        """When the table last heard that it is in use."""
        self.new = False
        """Whether ``secret`` is given out with this answer."""
        self.fresh = secret is None
        """Whether the table has no row for ``secret`` yet."""
        self.over: tuple[bytes, str] | None = None
        """The row that ends with this request, and why."""
        self.everywhere = ""
        """The actor all of whose sessions end with this request."""
        self._data: dict[str, Any] = {}

    @property
    def key(self) -> bytes | None:
        """The key of its row."""
        return sessions.key_of(self.secret) if self.secret else None

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - as every session
        return self._form_token() if name == FORM_TOKEN else self._read()[name]

    def __setitem__(self, name: str, value: Any) -> None:  # noqa: ANN401 - the same
        self._read()[name] = value
        self.modified = True

    def __delitem__(self, name: str) -> None:
        del self._read()[name]
        self.modified = True

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def open(self) -> None:
        """Read the row, once; one that is over leaves a word of why and nothing else."""
        if self.opened:
            return
        self.opened = True
        key = self.key
        if key is None or self.secret is None:
            return
        composition = self.composition
        self.broken = True  # stays so when the database is away: the error page asks again
        found = sessions.find(composition.engine.autocommit, key, composition.clock.now())
        self.broken = False
        if found is None and anonymous_ids.is_given(self.secret, composition.settings):
            self.fresh = True
            return
        if found is None or found.over:
            self._lose(key, found.over if found else "")
            return
        self.who, self.began, self.noted = found.who, found.began, found.seen
        self._data = _unsealed(self.secret, found.sealed)

    def begin(self, who: Who) -> None:
        """Sign somebody in under a new id; whatever the old session held is gone."""
        self.leave("replaced")
        self.who, self.secret, self.fresh = who, secrets.token_urlsafe(_SECRET_BYTES), True
        self.new = True

    def use(self, now: datetime) -> None:
        """Prolong the session; noted once a minute at most."""
        self.used = self.noted is not None and now - self.noted >= NOTED_EACH

    def leave(self, why: str) -> None:
        """End the session."""
        self.open()
        key = self.key
        if key is not None and not self.fresh:
            self.over = (key, why)
        self.who, self.secret, self.fresh, self._data = None, None, True, {}
        self.modified = True

    def sealed(self) -> bytes | None:
        """Return what it keeps as it is stored."""
        return _sealed(self.secret, self._data) if self.secret and self._data else None

    def _lose(self, key: bytes, why: str) -> None:
        self.over = (key, why)
        self.secret, self.fresh = None, True
        if why in ENDED:
            flash(str(ENDED[why]), "warning")

    def _form_token(self) -> str:
        """Return what guards the forms of this session; the id gives it, so that no row is needed.

        A stranger who has none yet is given an id.
        """
        self.open()
        if self.secret is None:
            self.secret, self.new = anonymous_ids.give(self.composition.settings), True
        return hmac.digest(self.secret.encode(), b"what guards a form", hashlib.sha256).hex()

    def _read(self) -> dict[str, Any]:
        self.open()
        return self._data


class SessionTable(SessionInterface):
    """Flask's door to the table: hands a session to each request and stores it at its end."""

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        """Return the session of a request, unread."""
        said = request.cookies.get(self.get_cookie_name(app), "")
        secret = said if _SECRET.fullmatch(said) else None
        return BrowserSession(secret, app.extensions[KEY])

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed in one transaction and hand out a new id where there is one."""
        if not isinstance(session, BrowserSession) or not session.opened:
            return
        response.vary.add("Cookie")
        if session.broken:
            return
        _write(session)
        self._set_cookie(app, session, response)

    def _set_cookie(self, app: Flask, session: BrowserSession, response: Response) -> None:
        name, options = self.get_cookie_name(app), self._options(app)
        if session.secret is None and session.over is not None:
            response.delete_cookie(name, **options)
        elif session.secret is not None and session.new:
            response.set_cookie(name, session.secret, **options)

    def _options(self, app: Flask) -> dict[str, Any]:
        return {
            "path": "/",
            "secure": self.get_cookie_secure(app),
            "httponly": True,
            "samesite": self.get_cookie_samesite(app),
        }


def _write(session: BrowserSession) -> None:
    """Write what changed, once; where that fails, nothing more of it is tried."""
    if session.secret is None and session:
        session.secret, session.new = anonymous_ids.give(session.composition.settings), True
    if not (session.modified or session.used):
        return
    session.broken = True
    _store(session)
    session.broken = session.modified = session.used = False


def write_session() -> None:
    """Write the session of this request; raises what the database says.

    Done while an error can still be answered: Flask itself stores a session when it is too late.
    """
    kept = session_of_request()
    if kept.opened and not kept.broken:
        _write(kept)


def let_session_be() -> None:
    """Ask and write nothing of this request's session any more: the database is away.

    What was to be told once stays in the table, for the next page that can be shown.
    """
    kept = session_of_request()
    kept.opened = kept.broken = True
    kept.pop("_flashes", None)
    request_ctx.flashes = None


def _store(session: BrowserSession) -> None:
    """Write what a request has made of its session; only a change of who it is needs more."""
    key = session.key
    if key is not None and not session.fresh:
        _keep(session, key)
    elif session or session.who is not None or session.over is not None:
        _replace(session, key)


def _keep(session: BrowserSession, key: bytes) -> None:
    composition = composed()
    seen = {"seen": composition.clock.now()} if session.used else {}
    sealed = {"sealed": session.sealed()} if session.modified else {}
    with aside(), composition.engine.autocommit.connect() as connection:
        sessions.keep(connection, key, {**seen, **sealed})


def _replace(session: BrowserSession, key: bytes | None) -> None:
    composition = composed()
    now, source = composition.clock.now(), source_of()
    with composition.database.begin() as connection:
        if session.everywhere:
            sessions.end_all(connection, session.everywhere, "everywhere", now, source)
        if session.over is not None:
            sessions.end(connection, *session.over, now, source)
        if key is not None and (session or session.who is not None):
            sessions.begin(connection, key, session.who, session.sealed(), now)
            if session.who is not None:
                act = sessions.SignInAct(session.who.auth, "signed_in")
                sessions.note(connection, now, session.who, act, source, key)


def source_of() -> str:
    """Return a short keyed hash of the address a request came from; the address is not kept."""
    vault = vault_of(composed().settings)
    return vault.lookup(name_source(), "source")[: sessions.SHOWN_BYTES].hex()


def _sealing(secret: str) -> AESGCM:
    return AESGCM(hmac.digest(secret.encode(), b"what a session keeps", hashlib.sha256))


def _sealed(secret: str, data: dict[str, Any]) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _sealing(secret).encrypt(nonce, _JSON.dumps(data).encode(), None)


def _unsealed(secret: str, sealed: bytes | None) -> dict[str, Any]:
    if sealed is None:
        return {}
    text = _sealing(secret).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
    found: dict[str, Any] = _JSON.loads(text.decode())
    return found


def session_of_request() -> BrowserSession:
    """Return the session of the browser that sent this request."""
    found = request_ctx.session
    if not isinstance(found, BrowserSession):  # pragma: no cover - the only interface of the site
        raise TypeError(found)
    return found
