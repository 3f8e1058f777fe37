"""Whatever a program sends, it is answered with a problem and never with an accident."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signing.app.protocol import CLAIM_PATH, RESULT_PATH
from web.api.body import LARGEST_BODY, LARGEST_CONTAINER
from web.gate.limits import limiter

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

PATHS = (CLAIM_PATH, RESULT_PATH)
JSON = "application/json"

values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
objects = st.dictionaries(
    st.sampled_from(["code", "secret", "container", "başka"]), values, max_size=3
)


@pytest.fixture
def client(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Give a client that no throttle slows down: the throttle has tests of its own."""
    monkeypatch.setattr(limiter, "enabled", False)
    return app.test_client()


def problem(client: FlaskClient, path: str, body: bytes, media_type: str = JSON) -> tuple[int, str]:
    """Send bytes and return status and code of the problem they are answered with."""
    answer = client.post(path, data=body, content_type=media_type)
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == answer.status_code
    assert answer.json["title"]
    assert answer.json["detail"]
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json["code"]


@pytest.mark.parametrize("path", PATHS)
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(body=st.binary(max_size=200))
def test_no_bytes_make_an_accident(client: FlaskClient, path: str, body: bytes) -> None:
    assert problem(client, path, body)[0] == 400


@pytest.mark.parametrize("path", PATHS)
@settings(
    max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(found=objects)
def test_no_object_makes_an_accident(
    client: FlaskClient, path: str, found: dict[str, object]
) -> None:
    assert problem(client, path, json.dumps(found).encode())[0] in {400, 404}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "json_malformed"),
        (b"{", "json_malformed"),
        (b'{"code": "\xff"}', "json_malformed"),
        (b'{"code": NaN}', "json_malformed"),
        (b'{"code": "1", "code": "2"}', "json_malformed"),
        (b"[" * 90_000, "json_malformed"),
        (b'{"code": ' + b"1" * 5000 + b"}", "json_malformed"),
        (b"[]", "field_malformed"),
        (b"null", "field_malformed"),
        (b"{}", "field_malformed"),
        (b'{"code": "123456789012345", "x": 1}', "field_malformed"),
        (b'{"code": 123456789012345}', "field_malformed"),
        (b'{"code": "' + b"1" * 65 + b'"}', "field_malformed"),
        (b'{"code": "12345678901234"}', "code_malformed"),
        ('{"code": "١٢٣٤٥٦٧٨٩٠١٢٣٤٥"}'.encode(), "code_malformed"),
        (b'{"code": "\\ud800"}', "code_malformed"),
    ],
)
def test_a_malformed_claim_says_what_is_wrong(client: FlaskClient, body: bytes, code: str) -> None:
    assert problem(client, CLAIM_PATH, body) == (400, code)


@pytest.mark.parametrize(
    "fields",
    [
        {"secret": "", "container": "MA=="},
        {"secret": "s", "container": ""},
        {"secret": "s", "container": "a"},
        {"secret": "s", "container": "MA==\n"},
        {"secret": "s", "container": "ÇÇÇÇ"},
        {"secret": "s\u202e", "container": "MA=="},
        {"secret": "s"},
        {"secret": "s", "container": "MA==", "code": "1"},
    ],
)
def test_a_malformed_result_is_a_bad_request(client: FlaskClient, fields: dict[str, str]) -> None:
    body = json.dumps(fields).encode()
    assert problem(client, RESULT_PATH, body) == (400, "field_malformed")


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_read(client: FlaskClient, media_type: str) -> None:
    found = problem(client, CLAIM_PATH, b'{"code": "123456789012345"}', media_type)
    assert found == (415, "not_json")


def test_a_container_of_64_kib_is_looked_at_and_a_larger_one_is_not(client: FlaskClient) -> None:
    def body(size: int) -> bytes:
        container = base64.b64encode(bytes(size)).decode()
        return json.dumps({"secret": "s", "container": container}).encode()

    assert problem(client, RESULT_PATH, body(LARGEST_CONTAINER)) == (404, "code_unknown")
    too_large = problem(client, RESULT_PATH, body(LARGEST_CONTAINER + 1))
    assert too_large == (413, "container_too_large")
    assert problem(client, RESULT_PATH, b" " * (LARGEST_BODY + 1)) == (413, "body_too_large")
