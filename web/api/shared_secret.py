"""Who may tell us something over HTTP: whoever knows the secret that the settings share."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import request

from web.api.rejected import Rejected

if TYPE_CHECKING:
    from pydantic import SecretStr
    from sqlalchemy import Connection

    from web.gate.guesses import Guesses


@dataclass(frozen=True, slots=True)
class SecretWords:
    """What is said to strangers: ``subject`` begins the codes, the rest are sentences."""

    subject: str
    absent: str
    unknown: str


def refuse_stranger(guesses: Guesses, secret: SecretStr | None, words: SecretWords) -> None:
    """Raise Rejected for who does not know the secret (RFC 6750), and where there is none."""
    if secret is None:
        raise Rejected(HTTPStatus.NOT_FOUND, f"{words.subject}_absent", words.absent)
    given = request.authorization
    shown = given.token if given is not None and given.type == "bearer" else None

    def known(_: Connection) -> bool | None:
        expected = secret.get_secret_value().encode()
        return hmac.compare_digest((shown or "").encode(), expected) or None

    if guesses.look_up(known) is None:
        raise Rejected(HTTPStatus.UNAUTHORIZED, f"{words.subject}_unknown", words.unknown)
