"""The HTTP side of nes-imza: two requests, no redirects, https or this very machine only."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from signing.app.errors import AddressRefused, AnswerMalformed, ServerRefused, ServerUnreachable
from signing.app.protocol import (
    CLAIM_PATH,
    RESULT_PATH,
    VERSION,
    VERSION_HEADER,
    Accepted,
    Claim,
    ServerProblem,
)
from signing.network.outbound import loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signing.app.protocol import ClaimRequest, ResultRequest

TIMEOUT_SECONDS = (10, 30)
LARGEST_ANSWER = 8 * 1024 * 1024
"""Bytes of the largest answer: a PDF of 4 MiB in base64 with what stands around it."""


def checked_address(url: str) -> str:
    """Give the address without a trailing slash; AddressRefused when it could be overheard."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressRefused(url=url) from error
    safe = parts.scheme == "https" or (parts.scheme == "http" and loopback(host))
    # A backslash ends the host for `requests`, so that another one would be asked.
    if (
        not (safe and host)
        or "\\" in url
        or parts.username is not None
        or parts.query
        or parts.fragment
    ):
        raise AddressRefused(url=url)
    return url.rstrip("/")


class Service:
    """The server that asked for the signature, at a checked address (`url`)."""

    def __init__(self, url: str) -> None:
        self.url = checked_address(url)
        self._session = requests.Session()
        # On this very machine neither a proxy nor stored passwords have any business.
        self._session.trust_env = self.url.startswith("https:")
        self._session.headers[VERSION_HEADER] = str(VERSION)

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def claim(self, request: ClaimRequest) -> Claim:
        """Trade the code for what is to be signed; ServerRefused, AnswerMalformed and kin."""
        return Claim.parse(self.post(CLAIM_PATH, request.body()))

    def send(self, request: ResultRequest) -> Accepted:
        """Hand the signature in; ServerRefused tells why it was not accepted."""
        return Accepted.parse(self.post(RESULT_PATH, request.body()))

    def post(
        self, path: str, body: Mapping[str, object], headers: Mapping[str, str] | None = None
    ) -> object:
        """Send a JSON object and give the answer's; raises as `claim` does."""
        status, raw = self._answer(path, body, headers)
        try:
            content: object = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise AnswerMalformed(field=f"HTTP {status}") from error
        if status != requests.codes.ok:
            problem = ServerProblem.parse(content, status)
            raise ServerRefused(
                status=problem.status,
                refusal=problem.code,
                title=problem.title.rstrip("."),
                detail=problem.detail,
            )
        return content

    def _answer(
        self, path: str, body: Mapping[str, object], headers: Mapping[str, str] | None
    ) -> tuple[int, bytes]:
        """Send a request and give status and body; no more of it is read than is bearable."""
        try:
            with self._session.post(
                self.url + path,
                json=body,
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as answer:
                raw = b""
                for piece in answer.iter_content(64 * 1024):
                    raw += piece
                    if len(raw) > LARGEST_ANSWER:
                        raise AnswerMalformed(field=f"> {LARGEST_ANSWER} B")
                return answer.status_code, raw
        except requests.RequestException as error:
            raise ServerUnreachable(url=self.url) from error
