"""The HTTP side of nes-imza: two requests, no redirects, https or this very machine only."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from signing.app.errors import AddressRefused, AnswerMalformed, ServerRefused, ServerUnreachable
from signing.app.protocol import CLAIM_PATH, RESULT_PATH, Accepted, Claim, Problem

if TYPE_CHECKING:
    from signing.app.protocol import ClaimRequest, ResultRequest

TIMEOUT_SECONDS = (10, 30)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def checked_address(url: str) -> str:
    """Give the address without a trailing slash; AddressRefused when it could be overheard."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressRefused(url=url) from error
    safe = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    if not (safe and host) or parts.username is not None or parts.query or parts.fragment:
        raise AddressRefused(url=url)
    return url.rstrip("/")


class Service:
    """The server that asked for the signature, at a checked address (`url`)."""

    def __init__(self, url: str) -> None:
        self.url = checked_address(url)
        self._session = requests.Session()
        # On this very machine neither a proxy nor stored passwords have any business.
        self._session.trust_env = self.url.startswith("https:")

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def claim(self, request: ClaimRequest) -> Claim:
        """Trade the code for what is to be signed; ServerRefused, AnswerMalformed and kin."""
        return Claim.parse(self._post(CLAIM_PATH, request.body()))

    def send(self, request: ResultRequest) -> Accepted:
        """Hand the signature in; ServerRefused tells why it was not accepted."""
        return Accepted.parse(self._post(RESULT_PATH, request.body()))

    def _post(self, path: str, body: dict[str, str]) -> object:
        try:
            answer = self._session.post(
                self.url + path, json=body, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise ServerUnreachable(url=self.url) from error
        try:
            content: object = answer.json()
        except requests.JSONDecodeError as error:
            raise AnswerMalformed(field=f"HTTP {answer.status_code}") from error
        if answer.status_code != requests.codes.ok:
            problem = Problem.parse(content, answer.status_code)
            raise ServerRefused(
                status=problem.status,
                refusal=problem.code,
                title=problem.title.rstrip("."),
                detail=problem.detail,
            )
        return content
