"""The description of the handshake for programs (OpenAPI 3.1), made from the messages.

Names, kinds and allowed values are read from the dataclasses of ``signing.app.protocol``, which
the program and this server read their messages with; only the words are written here. A field
without words, and words without a field, are a KeyError when the description is made.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import datetime
from enum import StrEnum
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from signing.app.protocol import (
    CLAIM_PATH,
    CODE_DIGITS,
    RESULT_PATH,
    VERSION,
    VERSION_HEADER,
    Accepted,
    Claim,
    ClaimRequest,
    ResultRequest,
    ServerProblem,
)
from web.api import courier_description, receipts_description
from web.api.body import LARGEST_CONTAINER, LONGEST_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH = "/api/openapi.json"
TOGETHER: Mapping[type, Mapping[str, list[str]]] = {
    Claim: {"card": ["unlock_secret"], "unlock_secret": ["card"]},
}
"""Fields that a message has only with others."""

SPOKEN = {
    "name": VERSION_HEADER,
    "in": "header",
    "required": False,
    "description": f"The newest version that the program knows, now {VERSION}; 3 when left out.",
    "schema": {"type": "string", "maxLength": 9},
}

PROBLEM_TYPE = "application/problem+json"
STRICT = {"additionalProperties": False}

WORDS: Mapping[type, Mapping[str, str]] = {
    ClaimRequest: {"code": "The 15 digits; blanks and hyphens between them are ignored."},
    Claim: {
        "secret": "256 random bits; replaces the code from here on.",
        "origin": "Address of the server that asks.",
        "purpose": "What the signature is for.",
        "purpose_title": "The purpose in Turkish words.",
        "person": "Who is to sign; empty for a sign-in, and for nothing else.",
        "tckn_masked": "His national number, the middle left out; empty for a sign-in.",
        "text": "A plain text word for word; of a PDF its words, or nothing.",
        "media_type": "Sort of the document.",
        "document": "The whole document, which the person must see before the PIN.",
        "digest": "SHA-256 of the bytes to be signed: all of a text, the ByteRange of a PDF.",
        "fingerprint": "First 16 hex digits of the digest, as the page shows them.",
        "profile": "The national signature profile to be named; P1 has no identifier.",
        "created_at": "When the document was frozen.",
        "expires_at": "End of the code.",
        "server_time": "Time of the answer; what is left is expires_at - server_time.",
        "card": "Purpose pin only: serial number of the card whose PIN is to be set.",
        "unlock_secret": "Purpose pin only: what sets it; for that card, never shown or kept.",
    },
    ResultRequest: {
        "secret": "The secret of the claim.",
        "container": f"CAdES B-B, detached, DER; at most {LARGEST_CONTAINER} bytes.",
    },
    Accepted: {
        "reference": "Number of the operation.",
        "title": "What was done, in Turkish.",
    },
    ServerProblem: {
        "status": "The HTTP status.",
        "code": "Stable code of the reason.",
        "title": "What is wrong, in Turkish.",
        "detail": "What to do, in Turkish.",
    },
}

NARROWER: Mapping[tuple[type, str], Mapping[str, object]] = {
    (ClaimRequest, "code"): {"minLength": CODE_DIGITS, "maxLength": LONGEST_CODE},
    (Claim, "text"): {"minLength": 0},
    (Claim, "digest"): {"pattern": "^[0-9a-f]{64}$"},
    (Claim, "fingerprint"): {"pattern": "^[0-9A-F]{4}(-[0-9A-F]{4}){3}$"},
    (Claim, "person"): {"minLength": 0},
    (Claim, "tckn_masked"): {"minLength": 0, "pattern": r"^([0-9]{3}\*{6}[0-9]{2})?$"},
}
"""What holds for a field beside its type."""

REFUSALS = {
    400: "The request is not what is described here.",
    404: "No such code, or no such secret.",
    409: "The code serves no more, or the case has moved on.",
    410: "The 300 seconds are over.",
    413: "The request is too large.",
    415: "The request is not application/json.",
    422: "The signature was judged and not accepted.",
    429: "Throttled; Retry-After says for how many seconds.",
    503: "Nothing was changed; try again.",
}


def description() -> dict[str, Any]:
    """Return the whole description as JSON takes it."""
    accepted = _schema(Accepted)
    accepted["properties"]["result"] = {"const": "accepted"}
    accepted["required"].append("result")
    problem = _schema(ServerProblem)
    problem["properties"]["type"] = {"const": "about:blank"}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "nes-ofis: the signing handshake",
            "version": str(VERSION),
            "description": "See docs/protocol.md for the order of the messages and the throttles.",
        },
        "paths": {
            CLAIM_PATH: _operation("claim", "Trade a code for a document", "ClaimRequest", "Claim"),
            RESULT_PATH: _operation("result", "Hand in a signature", "ResultRequest", "Accepted"),
            courier_description.PATH: courier_description.operation(),
            receipts_description.PATH: receipts_description.operation(),
        },
        "components": {
            "schemas": {
                "ClaimRequest": {**_schema(ClaimRequest), **STRICT},
                "Claim": {**_schema(Claim), **STRICT},
                "ResultRequest": {**_schema(ResultRequest), **STRICT},
                "Accepted": {**accepted, **STRICT},
                "Problem": problem,
                **courier_description.SCHEMAS,
                **receipts_description.SCHEMAS,
            },
            "securitySchemes": {
                "courier": {"type": "http", "scheme": "bearer"},
                "mail_server": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _schema(message: type) -> dict[str, Any]:
    hints = get_type_hints(message)
    names = [field.name for field in fields(message)]
    if set(names) != set(WORDS[message]):
        raise KeyError(message.__name__)
    needed = [field.name for field in fields(message) if field.default is MISSING]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: _property(message, name, _sure(hints[name])) for name in names},
        "required": needed,
    }
    if message in TOGETHER:
        schema["dependentRequired"] = TOGETHER[message]
    return schema


def _sure(kind: Any) -> type:  # noqa: ANN401 - a type, or a union of one with None
    """Return the type of a field that may be left out, and of any other."""
    found: type = next((part for part in get_args(kind) if part is not NoneType), kind)
    return found


def _property(message: type, name: str, kind: type) -> dict[str, object]:
    narrower = NARROWER.get((message, name), {})
    return {**_kind(kind), **narrower, "description": WORDS[message][name]}


def _kind(kind: type) -> dict[str, object]:
    if issubclass(kind, StrEnum):
        return {"type": "string", "enum": [member.value for member in kind]}
    if kind is bytes:
        return {"type": "string", "minLength": 4, "contentEncoding": "base64"}
    if kind is datetime:
        return {"type": "string", "format": "date-time"}
    return {"type": "integer"} if kind is int else {"type": "string", "minLength": 1}


def _operation(name: str, summary: str, asked: str, answered: str) -> dict[str, object]:
    answers: Any = {"200": _answer("Done.", answered, "application/json")}
    answers |= {str(status): _answer(words, "Problem") for status, words in REFUSALS.items()}
    return {
        "post": {
            "operationId": name,
            "summary": summary,
            "security": [],
            "parameters": [SPOKEN],
            "requestBody": {"required": True, "content": _content("application/json", asked)},
            "responses": {**answers, "default": _answer("Refused.", "Problem")},
        }
    }


def _answer(words: str, schema: str, media_type: str = PROBLEM_TYPE) -> dict[str, object]:
    return {"description": words, "content": _content(media_type, schema)}


def _content(media_type: str, schema: str) -> dict[str, object]:
    return {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
