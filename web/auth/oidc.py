"""Owns signing in through an OpenID provider: who the provider's claims are in this office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import abort, current_app, session, url_for
from joserfc.errors import JoseError
from requests import RequestException
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.services import vault_of
from states import tckn
from states.invalid import Invalid
from states.person import Person
from states.user import User
from web.auth.actors import Known, of_person, of_user
from web.composition import KEY, composed
from web.logs import log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.sansio.app import App
    from flask.typing import ResponseReturnValue

CLIENT = "nes.oidc"
TCKN_CLAIM = "tckn"
"""The claim in which a citizen's gateway hands over the identity number it has proved."""


def connect(app: App) -> None:
    """Make the provider known to an application, when the settings name one."""
    settings = app.extensions[KEY].settings
    if settings.demo or settings.oidc_issuer is None or settings.oidc_client_secret is None:
        return
    app.extensions[CLIENT] = OAuth(app).register(
        "oidc",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "timeout": 10},
    )


def available() -> bool:
    """Say whether this site signs in through a provider."""
    return CLIENT in current_app.extensions


def begin() -> ResponseReturnValue:
    """Send the browser to the provider (state, nonce and PKCE are kept in the session).

    Only the newest attempt counts: those given up would fill the cookie.
    """
    for given_up in [name for name in session if name.startswith("_state_oidc_")]:
        session.pop(given_up)
    try:
        answer: ResponseReturnValue = _client().authorize_redirect(
            url_for("auth.oidc_end", _external=True)
        )
    except RequestException as error:
        log.error("oidc_away", kind=type(error).__name__)
        abort(503)
    return answer


def end() -> Known | None:
    """Return who came back from the provider, or None when he is nobody here.

    Whatever is wrong with the answer (state, code, signature, nonce) is the same None: a stranger
    learns nothing from it.
    """
    try:
        token = _client().authorize_access_token()
    except (OAuthError, JoseError, ValueError) as error:
        log.warning("oidc_refused", kind=type(error).__name__)
        return None
    except RequestException as error:
        log.error("oidc_away", kind=type(error).__name__)
        abort(503)
    return of_claims(token.get("userinfo") or {})


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


def _client() -> Any:  # noqa: ANN401 - the library carries no types
    if not available():
        abort(404)
    return current_app.extensions[CLIENT]
