"""The gateway itself: description, keys, the page where somebody signs in, and the token."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlencode, urlsplit

from babel.support import NullTranslations
from jinja2 import Environment, PackageLoader, StrictUndefined
from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.wrappers import Request, Response

from states.kit.invalid import Invalid
from states.people.tckn import parse
from web.demo.gateway.citizens import Citizen, citizen
from web.demo.gateway.grants import Asked, Client, Grant, Grants, error_of, fault_of
from web.gate.language import ENGLISH, LANGUAGES, TURKISH
from web.gate.language.speech import english

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

TWO_STEPS = "two_steps"
ONE_STEP = "one_step"
"""The `acr` of a sign-in with password and a code by SMS, and of one with the password alone."""

TOKEN_LIFE = 120
"""Seconds for which a token is good."""

PAGES = Environment(
    loader=PackageLoader("web", "templates/gateway"), autoescape=True, undefined=StrictUndefined
)


@dataclass
class Gateway:
    """An OpenID provider for one site, over a register of invented people."""

    issuer: str
    client: Client
    citizens: list[Citizen]
    now: Callable[[], float]
    site: str
    grants: Grants = field(default_factory=Grants)
    key: ECKey = field(
        default_factory=lambda: ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True)
    )

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request (WSGI)."""
        return self.answer(Request(environ))(environ, start)

    def answer(self, request: Request) -> Response:
        """Answer a request."""
        pages: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "/.well-known/openid-configuration"): self._description,
            ("GET", "/keys"): self._keys,
            ("GET", "/authorize"): self._ask,
            ("POST", "/authorize"): self._signed_in,
            ("POST", "/token"): self._token,
            ("GET", "/gateway.css"): _style,
        }
        page = pages.get((request.method, request.path))
        answer = page(request) if page else self._error(request, 404, "not_found")
        self._protect(answer)
        return answer

    def _description(self, _: Request) -> Response:
        return _json(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "code_challenge_methods_supported": ["S256"],
                "acr_values_supported": [TWO_STEPS, ONE_STEP],
            }
        )

    def _keys(self, _: Request) -> Response:
        return _json({"keys": [self.key.as_dict(private=False)]})

    def _ask(self, request: Request) -> Response:
        """Show the page where somebody says who they are, or send the browser back at once."""
        fault = fault_of(self.client, request.args)
        if fault:
            return self._error(request, 400, fault)
        error = error_of(request.args)
        if error:
            return _back(Asked.of(request.args), error=error)
        return self._sign_in_page(request, request.args.to_dict())

    def _signed_in(self, request: Request) -> Response:
        """Send the browser back with a code, with a refusal, or ask again."""
        form = request.form.to_dict()
        fault = fault_of(self.client, form) or error_of(form)
        if fault:
            return self._error(request, 400, fault)
        asked = Asked.of(form)
        if "give_up" in form:
            return _back(asked, error="access_denied")
        found = self._citizen(form)
        if found is None:
            return self._sign_in_page(request, form, wrong=True)
        level = ONE_STEP if form.get("level") == ONE_STEP else TWO_STEPS
        code = self.grants.give(Grant(asked, found, level, self.now()))
        return _back(asked, code=code)

    def _citizen(self, form: dict[str, str]) -> Citizen | None:
        """Return whom a form names: one of the register, or somebody else with names of their own.

        None for a number that is none, and for a stranger without a name.
        """
        try:
            number = parse(form.get("citizen") or form.get("tckn", ""))
        except Invalid:
            return None
        known = {one.tckn: one for one in self.citizens}
        given, surname = form.get("given_name", "").strip(), form.get("surname", "").strip()
        if number in known:
            return known[number]
        return citizen(number, given, surname) if given and surname else None

    def _sign_in_page(
        self, request: Request, values: dict[str, str], *, wrong: bool = False
    ) -> Response:
        names = (
            "client_id", "redirect_uri", "state", "nonce", "scope", "response_type",
            "code_challenge", "code_challenge_method", "acr_values", "ui_locales",
        )  # fmt: skip
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
        kept = {name: values.get(name, "") for name in names}
        return self._page(request, "sign_in.html", status, kept=kept, wrong=wrong, typed=values)

    def _token(self, request: Request) -> Response:
        """Trade a code for a token (RFC 6749, 4.1.3 and 5.2)."""
        number, secret = _credentials(request)
        if not self.client.proves(number, secret):
            refused = _json({"error": "invalid_client"}, HTTPStatus.UNAUTHORIZED)
            refused.headers["WWW-Authenticate"] = "Basic"
            return refused
        form = request.form
        grant = self.grants.trade(
            form.get("code", ""),
            form.get("redirect_uri", ""),
            form.get("code_verifier", ""),
            self.now(),
        )
        if form.get("grant_type") != "authorization_code" or grant is None:
            return _json({"error": "invalid_grant"}, HTTPStatus.BAD_REQUEST)
        return _json(
            {
                "access_token": "-",
                "token_type": "Bearer",
                "expires_in": 0,
                "id_token": self._signed(grant),
            }
        )

    def _signed(self, grant: Grant) -> str:
        now, who = int(self.now()), grant.citizen
        claims = {
            "iss": self.issuer, "aud": self.client.number, "sub": who.subject,
            "iat": now, "exp": now + TOKEN_LIFE, "auth_time": int(grant.at),
            "nonce": grant.asked.nonce, "acr": grant.level, "tckn": who.tckn,
            "given_name": who.given_name, "family_name": who.surname,
        }  # fmt: skip
        return str(jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key))

    def _error(self, request: Request, status: int, code: str) -> Response:
        return self._page(request, "error.html", status, code=code)

    def _page(self, request: Request, name: str, status: int, **values: object) -> Response:
        language = language_of(request)
        known = english() if language == ENGLISH else NullTranslations()
        text = PAGES.get_template(name).render(
            site=self.site, citizens=self.citizens, one_step=ONE_STEP, two_steps=TWO_STEPS,
            language=language, _=known.gettext, **values,
        )  # fmt: skip
        return Response(text, status, content_type="text/html; charset=utf-8")

    def _protect(self, answer: Response) -> None:
        """Put on the headers that keep a page with buttons from being framed or leaking away."""
        back = {"{0.scheme}://{0.netloc}".format(urlsplit(one)) for one in self.client.returns_to}
        answer.headers["Content-Security-Policy"] = (
            "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'self'; "
            f"form-action 'self' {' '.join(sorted(back))}"
        )
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["X-Content-Type-Options"] = "nosniff"


def language_of(request: Request) -> str:
    """Return the language that the site asks for, else the one that the browser prefers.

    ``ui_locales`` (OpenID Connect Core, 3.1.2.1) names languages by preference.
    """
    for asked in request.values.get("ui_locales", "").split():
        if asked in LANGUAGES:
            return asked
    return request.accept_languages.best_match(list(LANGUAGES), default=TURKISH)


def _back(asked: Asked, **values: str) -> Response:
    query = urlencode({**values, "state": asked.state})
    return Response("", HTTPStatus.FOUND, {"Location": f"{asked.redirect_uri}?{query}"})


def _credentials(request: Request) -> tuple[str, str]:
    """Return who a caller says to be: by HTTP Basic, else in the form (RFC 6749, 2.3.1)."""
    given = request.authorization
    if given is not None and given.type == "basic":
        return unquote(given.username or ""), unquote(given.password or "")
    return request.form.get("client_id", ""), request.form.get("client_secret", "")


def _json(value: object, status: int = HTTPStatus.OK) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")


def _style(_: Request) -> Response:
    text = PAGES.get_template("gateway.css").render()
    return Response(text, content_type="text/css; charset=utf-8")
