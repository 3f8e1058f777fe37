"""The description of how a mail server hands receipts in (OpenAPI 3.1), beside the others."""

from __future__ import annotations

from typing import Any

from handlers.post.receipts import LARGEST, ReceiptResult

PATH = "/api/receipts"

MEDIA_TYPE = "message/rfc822"

_ANSWERED = [one.value for one in ReceiptResult if one is not ReceiptResult.REFUSED]

SCHEMAS: dict[str, Any] = {
    "ReceiptAnswer": {
        "type": "object",
        "properties": {"result": {"type": "string", "enum": _ANSWERED}},
        "required": ["result"],
        "additionalProperties": False,
    },
}

REFUSALS = {
    401: "The secret is wrong or missing.",
    404: "No mail server hands receipts in to this office.",
    413: f"The mail has more than {LARGEST} bytes.",
    415: f"The request is not {MEDIA_TYPE}.",
    422: "The mail is no receipt of a message of this office; it changes nothing.",
    429: "Throttled; Retry-After says for how many seconds.",
    503: "Nothing was changed; try again.",
}


def operation() -> dict[str, Any]:
    """Return what a mail server may ask of the path of receipts."""
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/ReceiptAnswer"}}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refusals = {
        str(status): {"description": words, "content": problem}
        for status, words in REFUSALS.items()
    }
    return {
        "post": {
            "operationId": "receipts",
            "summary": "Hand in what came back of a message",
            "security": [{"mail_server": []}],
            "requestBody": {"required": True, "content": {MEDIA_TYPE: {}}},
            "responses": {"200": {"description": "It is read.", "content": answer}, **refusals},
        }
    }
