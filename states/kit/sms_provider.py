"""How an SMS provider is spoken to: a description in JSON, read when a process starts.

Each provider has a language of its own, and most of them differ only in the names of fields. The
description says what is sent, in which fields, and by which words the answer says yes or no
(docs/sms.md).
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FIELDS = frozenset({"to", "to_digits", "text", "sender", "key", "secret", "basic"})
"""What a description may fill in: {to} is +905321112233, {to_digits} the same without its sign."""

LARGEST = 64 * 1024
"""Bytes of the longest description."""

_FIELD = re.compile(r"\{([^{}]*)\}")
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*")

Json: TypeAlias = JsonValue


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class SmsAnswers(_Part):
    """By which words an answer of 2xx says what became of a message.

    ``code`` and ``words`` are JSON pointers (RFC 6901) into the answer. Without ``code`` every
    answer of 2xx is a yes. A code that none of the lists names is asked about again.
    """

    code: str | None = None
    words: str | None = None
    taken: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    bad_number: tuple[str, ...] = ()

    @field_validator("code", "words")
    @classmethod
    def _is_pointer(cls, value: str | None) -> str | None:
        if value is not None and not _POINTER.fullmatch(value):
            raise ValueError(f"{value!r} is no JSON pointer, such as /status or /messages/0/code")
        return value


class SmsProvider(_Part):
    """What a provider is sent: headers and body with fields in braces, and how it answers."""

    headers: dict[str, str] = Field(default_factory=dict)
    body: dict[str, Json]
    encoding: Literal["json", "form"] = "json"
    answer: SmsAnswers = SmsAnswers()

    @field_validator("headers", "body")
    @classmethod
    def _fields_known(cls, value: dict[str, Json]) -> dict[str, Json]:
        for text in _texts(value):
            for name in _FIELD.findall(text):
                if name not in FIELDS:
                    known = ", ".join(f"{{{one}}}" for one in sorted(FIELDS))
                    raise ValueError(f"{{{name}}} is no field; there are {known}")
        return value

    @field_validator("body")
    @classmethod
    def _body_whole(cls, value: dict[str, Json]) -> dict[str, Json]:
        said = {name for text in _texts(value) for name in _FIELD.findall(text)}
        if "text" not in said or not said & {"to", "to_digits"}:
            raise ValueError("it must say {text} and {to} or {to_digits}")
        return value

    @field_validator("headers")
    @classmethod
    def _headers_plain(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            if not re.fullmatch(r"[A-Za-z0-9-]+", name) or not re.fullmatch(r"[\x20-\x7e]*", text):
                raise ValueError(f"{name!r} is no header of one line in ASCII")
            if {"text", "to", "to_digits"} & set(_FIELD.findall(text)):
                raise ValueError(f"{name!r} would tell a message or a number in a header")
        return value

    def filled_headers(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the headers of a request, its media type among them."""
        kind = "application/json" if self.encoding == "json" else _FORM
        filled = {name: fill(text, values) for name, text in self.headers.items()}
        return {"Content-Type": kind, "Accept": "application/json", **filled}

    def filled_body(self, values: Mapping[str, str]) -> bytes:
        """Return the body of a request."""
        filled = _filled(self.body, values)
        if self.encoding == "json":
            return json.dumps(filled, ensure_ascii=False).encode()
        assert isinstance(filled, dict)  # noqa: S101 - what was a dict is one
        return urlencode(filled).encode("ascii")


_FORM = "application/x-www-form-urlencoded"


def read_provider(path: Path) -> SmsProvider:
    """Return the description in a file; ValueError says in a sentence what is wrong with it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"the file {path} cannot be read") from error
    if len(content) > LARGEST:
        raise ValueError(f"{path} is longer than {LARGEST} bytes")
    try:
        return SmsProvider.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise ValueError(f"{path} is no description of a provider: {place} {reason}") from None


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its fields filled in; what is filled in is not read again."""
    return _FIELD.sub(lambda found: values[found[1]], text)


def basic(secret: str) -> str:
    """Return user:password as HTTP wants it (RFC 7617)."""
    return base64.b64encode(secret.encode()).decode("ascii")


def look_up(answer: Json, pointer: str) -> str | None:
    """Return what stands at a JSON pointer (RFC 6901, 4) as text; None where no value stands."""
    at = answer
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(at, dict) and name in at:
            at = at[name]
        elif isinstance(at, list) and name.isdecimal() and int(name) < len(at):
            at = at[int(name)]
        else:
            return None
    if isinstance(at, bool) or at is None:
        return json.dumps(at)
    return None if isinstance(at, dict | list) else str(at)


def _filled(value: Json, values: Mapping[str, str]) -> Json:
    if isinstance(value, str):
        return fill(value, values)
    if isinstance(value, dict):
        return {name: _filled(one, values) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, values) for one in value]
    return value


def _texts(value: Json) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return []
