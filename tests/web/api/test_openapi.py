"""The handshake is described as it is, and keeps to its description whatever it is sent."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from signing.app.protocol import CLAIM_PATH, RESULT_PATH, Claim, ResultRequest, ServerProblem
from signing.app.purpose import SignaturePurpose
from tests.kit.web.program import Program, code_for_consent, digits, signed
from web.api import openapi
from web.gate.limits import limiter

if TYPE_CHECKING:
    from flask import Flask
    from schemathesis.schemas import BaseSchema

    from tests.kit.handlers.world import World
    from tests.web.portal.conftest import Holder

pytestmark = pytest.mark.no_cover

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def schema(app: Flask, monkeypatch: pytest.MonkeyPatch) -> BaseSchema:
    """Read the description from the site, which no throttle slows down."""
    monkeypatch.setattr(limiter, "enabled", False)
    found: BaseSchema = schemathesis.openapi.from_wsgi(openapi.PATH, app)
    return found


@pytest.mark.parametrize("path", [CLAIM_PATH, RESULT_PATH])
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_one_that_is_described(
    path: str, mode: GenerationMode, schema: BaseSchema
) -> None:
    asked: list[int] = []

    @settings(max_examples=80, suppress_health_check=list(HealthCheck))
    @given(case=schema[path]["POST"].as_strategy(generation_mode=mode))
    def send(case: schemathesis.Case[Any]) -> None:
        response = case.call()
        case.validate_response(response, checks=CHECKS)
        asked.append(response.status_code)

    send()
    assert len(asked) > 20
    assert set(asked) <= {400, 404, 415}


def test_what_a_program_is_answered_is_what_is_described(
    schema: BaseSchema, world: World, holder: Holder, program: Program
) -> None:
    code = digits(code_for_consent(holder.browser))
    answer = program.post(CLAIM_PATH, {"code": code})
    schema[CLAIM_PATH]["POST"].validate_response(answer)
    claim = Claim.parse(answer.json)
    container = signed(world, holder.held, claim)
    request = ResultRequest(claim.secret, container).body()
    accepted = program.post(RESULT_PATH, request)
    schema[RESULT_PATH]["POST"].validate_response(accepted)
    problem = program.post(RESULT_PATH, request)
    schema[RESULT_PATH]["POST"].validate_response(problem)
    assert (accepted.status_code, problem.status_code) == (200, 409)


@pytest.mark.parametrize("name", ["secret", "digest", "expires_at", "media_type", "document"])
def test_an_answer_that_is_not_as_described_is_found(
    name: str, schema: BaseSchema, holder: Holder, program: Program
) -> None:
    answer = program.post(CLAIM_PATH, {"code": digits(code_for_consent(holder.browser))})
    answer.set_data(json.dumps({**answer.json, name: 7}))
    with pytest.raises((Failure, FailureGroup)):
        schema[CLAIM_PATH]["POST"].validate_response(answer)


def test_every_field_of_a_message_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    found = openapi.description()["components"]["schemas"]
    assert found["Claim"]["required"] == [field.name for field in fields(Claim)][:-2]
    assert found["Claim"]["dependentRequired"]["card"] == ["unlock_secret"]
    assert found["Claim"]["properties"]["unlock_secret"]["type"] == "string"
    assert found["Claim"]["properties"]["purpose"]["enum"] == list(SignaturePurpose)
    assert found["Claim"]["properties"]["profile"]["enum"] == ["P1", "P2", "P3", "P4"]
    assert found["Problem"]["properties"]["status"]["type"] == "integer"
    monkeypatch.setitem(openapi.WORDS, ServerProblem, {"status": "The HTTP status."})
    with pytest.raises(KeyError, match="Problem"):
        openapi.description()


def test_the_page_of_the_protocol_names_every_field_and_status() -> None:
    text = (Path(openapi.__file__).parents[2] / "docs" / "protocol.md").read_text("utf-8")
    for message, words in openapi.WORDS.items():
        for name in words:
            assert f"`{name}`" in text or f'"{name}"' in text, (message.__name__, name)
    for status in openapi.REFUSALS:
        assert f"| {status} |" in text
    assert openapi.PATH in text
