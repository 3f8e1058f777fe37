"""Reading the body of a program's request: one JSON object, small, nothing odd in it."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, NoReturn

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from signing.app.errors import AnswerMalformed, CodeMalformed
from signing.app.protocol import VERSION_HEADER, ClaimRequest, ResultRequest
from signing.app.words.refusals import tell
from web.api.rejected import Rejected
from web.gate.language import gettext

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST_CONTAINER = 64 * 1024
"""Bytes of the largest signature container (a CAdES with its chain has some thousands)."""

LARGEST_BODY = 96 * 1024
"""Bytes of the largest request: the container in base64, the secret, and the JSON around them."""

LONGEST_CODE = 64
"""Characters of a code with all blanks and hyphens that people paste along."""


LONGEST_VERSION = 9
"""Digits of a version of the messages."""


def claim_request() -> ClaimRequest:
    """Read the request for what a code stands for."""
    fields = json_object({"code"})
    code = fields["code"]
    if not isinstance(code, str) or len(code) > LONGEST_CODE:
        _malformed("code")
    try:
        return ClaimRequest.parse(code)
    except CodeMalformed as error:
        raise Rejected(HTTPStatus.BAD_REQUEST, error.code, tell(error).text) from error


def spoken() -> int:
    """Return the newest version of the messages that the program says to know; 0 when none."""
    said = request.headers.get(VERSION_HEADER, "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= LONGEST_VERSION else 0


def result_request() -> ResultRequest:
    """Read a signature that is handed in."""
    fields = json_object({"secret", "container"})
    try:
        handed = ResultRequest.parse(fields)
    except AnswerMalformed as error:
        _malformed(str(error.params["field"]))
    if len(handed.container) > LARGEST_CONTAINER:
        sentence = gettext("İmza dosyası çok büyük; en çok 64 KiB kabul edilir.")
        raise Rejected(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "container_too_large", sentence)
    return handed


def json_object(names: set[str]) -> dict[str, object]:
    """Return the JSON object of the request, which has these fields and no others."""
    if request.mimetype != "application/json":
        sentence = gettext("İstek application/json türünde olmalıdır.")
        raise Rejected(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_json", sentence)
    try:
        found = json.loads(_text(), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        sentence = gettext("Gönderilen JSON okunamadı; nes-imza programını güncelleyiniz.")
        raise Rejected(HTTPStatus.BAD_REQUEST, "json_malformed", sentence) from error
    if not isinstance(found, dict):
        _malformed("JSON")
    for name in sorted(names ^ found.keys()):
        _malformed(name[:40])
    return found


def _text() -> str:
    request.max_content_length = LARGEST_BODY
    try:
        return request.get_data().decode()
    except RequestEntityTooLarge as error:
        sentence = gettext("İstek çok büyük; en çok 96 KiB kabul edilir.")
        raise Rejected(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", sentence) from error


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return fields


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _malformed(field: str) -> NoReturn:
    sentence = gettext("İsteğin bir alanı eksik, fazla ya da bozuk: %(field)s", field=field)
    raise Rejected(HTTPStatus.BAD_REQUEST, "field_malformed", sentence)
