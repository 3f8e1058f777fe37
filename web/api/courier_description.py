"""The description of the courier's events for programs (OpenAPI 3.1), beside the handshake's."""

from __future__ import annotations

from typing import Any

from handlers.cards.payloads import LONGEST as LONGEST_WORD
from handlers.parcels.events import (
    LONGEST_ID,
    SHOWN_TITLES,
    TRACKING_NUMBER,
    EventKind,
    ReturnReason,
)
from handlers.parcels.matching import EventOutcome

PATH = "/api/courier/events"

MOST_EVENTS = 200
"""Events of one request."""

REQUIRED = frozenset({"id", "tracking_number", "kind", "at"})
OPTIONAL = frozenset({"reason", "shown", "shown_number", "handed_by"})

_WORD = {"type": "string", "maxLength": LONGEST_WORD}

FIELDS: dict[str, dict[str, Any]] = {
    "id": {
        "type": "string", "pattern": f"^[ -~]{{1,{LONGEST_ID}}}$",
        "description": "The courier's own name of the event; the same name is the same event.",
    },
    "tracking_number": {"type": "string", "pattern": f"^{TRACKING_NUMBER.pattern}$"},
    "kind": {"type": "string", "enum": [kind.value for kind in EventKind]},
    "at": {"type": "string", "format": "date-time", "description": "When it happened."},
    "reason": {
        "type": "string", "enum": [reason.value for reason in ReturnReason],
        "description": "Of a return needed.",
    },
    "shown": {
        "type": "string", "enum": list(SHOWN_TITLES),
        "description": "Of a delivery needed: which identity document the holder showed.",
    },
    "shown_number": {**_WORD, "description": "Of a delivery needed; only its end is kept."},
    "handed_by": {**_WORD, "description": "Of a delivery needed: who handed the card over."},
}  # fmt: skip

ANSWER: dict[str, dict[str, Any]] = {
    "id": {"type": "string", "description": "The name of the event, empty where it had none."},
    "result": {"type": "string", "enum": [outcome.value for outcome in EventOutcome]},
    "code": {"type": "string", "description": "Of a refused event: the stable code of why."},
    "title": {"type": "string", "description": "The same in Turkish."},
}
SCHEMAS: dict[str, Any] = {
    "CourierEvent": {
        "type": "object",
        "properties": FIELDS,
        "required": sorted(REQUIRED),
        "additionalProperties": False,
    },
    "CourierEvents": {
        "type": "object",
        "properties": {
            "events": {
                "type": "array", "minItems": 1, "maxItems": MOST_EVENTS,
                "items": {"$ref": "#/components/schemas/CourierEvent"},
            }
        },
        "required": ["events"],
        "additionalProperties": False,
    },
    "CourierAnswers": {
        "type": "object",
        "properties": {
            "answers": {
                "type": "array",
                "items": {
                    "type": "object", "properties": ANSWER, "required": ["id", "result"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["answers"],
        "additionalProperties": False,
    },
}  # fmt: skip

REFUSALS = {
    400: "The request is not what is described here.",
    401: "The secret is wrong or missing.",
    404: "No courier company is connected to this office.",
    413: "The request is too large.",
    415: "The request is not application/json.",
    429: "Throttled; Retry-After says for how many seconds.",
    503: "What was answered counts; send the others again.",
}


def operation() -> dict[str, Any]:
    """Return what a courier company may ask of the path of its events."""
    answers: dict[str, Any] = {
        "200": {"description": "Each event is answered.", "content": _json("CourierAnswers")}
    }
    for status, words in REFUSALS.items():
        problem = {"application/problem+json": {"schema": _ref("Problem")}}
        answers[str(status)] = {"description": words, "content": problem}
    return {
        "post": {
            "operationId": "courier_events",
            "summary": "Tell what became of parcels",
            "security": [{"courier": []}],
            "requestBody": {"required": True, "content": _json("CourierEvents")},
            "responses": answers,
        }
    }


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": _ref(schema)}}


def _ref(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}
