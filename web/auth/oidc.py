"""Signing in through an OpenID provider: who the provider's claims are in this office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import abort, current_app, session, url_for
from joserfc.errors import JoseError
from requests import RequestException
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.kit.services import vault_of, way_of
from states.kit.invalid import Invalid
from states.kit.log_events import LogEvent
from states.kit.outbound_hosts import hosts_to_ask
from states.people import tckn
from states.people.person import Person
from states.people.user import User
from web.auth.asking import Asking, Provider
from web.auth.stranger import Stranger, stranger_in
from web.gate.actors import Known, of_person, of_user
from web.gate.composition import KEY, composed
from web.gate.language import language
from web.gate.logs import log
from web.gate.session import FRESH, signed_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.sansio.app import App
    from flask.typing import ResponseReturnValue

CLIENT = "nes.oidc"
TCKN_CLAIM = "tckn"
"""The claim in which a citizen's gateway hands over the identity number it has proved."""

LEEWAY = timedelta(minutes=2)
"""How far the provider's clock and ours may differ."""

ONWARD = "oidc_onward"
"""Where the browser's session keeps the page that it wanted."""


class GivenUp(Exception):
    """Somebody turned back at the provider (RFC 6749, 4.1.2.1: access_denied)."""


class TooWeak(Exception):
    """Somebody proved themselves to the provider, but not as this office asks for it."""


class Unregistered(Exception):
    """Somebody proved themselves in full and is nobody here yet; they may ask to be registered."""

    def __init__(self, stranger: Stranger) -> None:
        """Keep who it is."""
        super().__init__()
        self.stranger = stranger


@dataclass(frozen=True, slots=True)
class Returned:
    """Who came back, when he proved himself to the provider, and the page that he wanted."""

    known: Known
    proved: datetime
    onward: str


def connect(app: App) -> None:
    """Make the provider known to an application, when the settings name one."""
    settings = app.extensions[KEY].settings
    if settings.oidc_issuer is None or settings.oidc_client_secret is None:
        return
    client = OAuth(app).register(
        "oidc",
        client_cls=Provider,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
    )
    client.client_cls = partial(Asking, hosts=hosts_to_ask(settings), way=way_of(settings))
    app.extensions[CLIENT] = client


def available() -> bool:
    """Say whether this site signs in through a provider."""
    return CLIENT in current_app.extensions


def begin(onward: str = "") -> ResponseReturnValue:
    """Send the browser to the provider (state, nonce and PKCE are kept in the session).

    Asked for are the strength of the settings and a sign-in that is young; who is signed in
    already proves themselves anew. Only the newest attempt counts: those given up would fill the
    session.
    """
    for given_up in [name for name in session if name.startswith("_state_oidc_")]:
        session.pop(given_up)
    session[ONWARD] = onward
    settings = composed().settings
    newest = min(settings.oidc_max_age, int(FRESH.total_seconds()))
    try:
        answer: ResponseReturnValue = _provider().authorize_redirect(
            url_for("auth.oidc_end", _external=True),
            acr_values=" ".join(settings.oidc_acr),
            max_age=newest if signed_in() else settings.oidc_max_age,
            ui_locales=language(),
        )
    except RequestException as error:
        log.error(LogEvent.OIDC_AWAY, code=type(error).__name__)
        abort(503)
    return answer


def end() -> Returned | None:
    """Return who came back from the provider, or None when he is nobody here.

    GivenUp when they turned back there. Whatever else is wrong with the answer (state, code,
    signature, nonce, audience) is the same None: a stranger learns nothing from it. TooWeak is
    judged before anybody is looked up; Unregistered is who is proved and unknown.
    """
    try:
        token = _provider().authorize_access_token()
    except (OAuthError, JoseError, ValueError) as error:
        if getattr(error, "error", "") == "access_denied":
            raise GivenUp from error
        log.warning(LogEvent.OIDC_REFUSED, code=type(error).__name__)
        return None
    except RequestException as error:
        log.error(LogEvent.OIDC_AWAY, code=type(error).__name__)
        abort(503)
    claims = token.get("userinfo") or {}
    if not _for_us(claims):
        log.warning(LogEvent.OIDC_REFUSED, code="Audience")
        return None
    proved = _proved(claims)
    known = of_claims(claims)
    if known is None:
        stranger = stranger_in(claims)
        if stranger is not None:
            raise Unregistered(stranger)
        return None
    return Returned(known, proved, str(session.get(ONWARD, "")))


def _for_us(claims: Mapping[str, object]) -> bool:
    """Say whether a token is meant for this site (OpenID Connect Core, 3.1.3.7, 3).

    The library looks at the audience only where it does not name the party that asked.
    """
    meant, us = claims.get("aud"), composed().settings.oidc_client_id
    return us == meant or (isinstance(meant, list) and us in meant)


def _proved(claims: Mapping[str, object]) -> datetime:
    """Return when the provider asked for the proof; TooWeak when it was too little or too old."""
    composition = composed()
    at = claims.get("auth_time")
    if claims.get("acr") not in composition.settings.oidc_acr:
        raise _weak("acr")
    if not isinstance(at, int | float):
        raise _weak("auth_time")
    now, longest = composition.clock.now(), timedelta(seconds=composition.settings.oidc_max_age)
    if not -LEEWAY.total_seconds() <= now.timestamp() - at <= (longest + LEEWAY).total_seconds():
        raise _weak("auth_time")
    return datetime.fromtimestamp(at, UTC)


def _weak(claim: str) -> TooWeak:
    log.warning(LogEvent.OIDC_TOO_WEAK, claim=claim)
    return TooWeak(claim)


def of_claims(claims: Mapping[str, object]) -> Known | None:
    """Return the account of the ``sub`` claim, else the person of the proved identity number."""
    with Session(composed().database) as rows:
        user = rows.scalar(select(User).where(User.subject == str(claims.get("sub", ""))))
        if user is not None:
            return of_user(user, "oidc")
        person = _person(rows, claims.get(TCKN_CLAIM))
        return of_person(person, "oidc") if person else None


def _person(rows: Session, number: object) -> Person | None:
    if not isinstance(number, str):
        return None
    try:
        parsed = tckn.parse(number)
    except Invalid:
        return None
    hashed = vault_of(composed().settings).lookup(parsed, "tckn")
    return rows.scalar(select(Person).where(Person.tckn_hash == hashed))


def _provider() -> Any:  # noqa: ANN401 - the library carries no types
    """Return the client, once the provider's own description names the issuer of the settings.

    OpenID Connect Discovery, 4.3: both must be the same, byte by byte; else somebody answers in
    the provider's place.
    """
    if not available():
        abort(404)
    client = current_app.extensions[CLIENT]
    said, expected = client.load_server_metadata().get("issuer"), composed().settings.oidc_issuer
    if said != expected:
        log.error(LogEvent.OIDC_ISSUER_DIFFERS)
        abort(503)
    return client
