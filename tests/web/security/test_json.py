"""What pages and machines ask for as JSON keeps to its description whatever it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

if TYPE_CHECKING:
    from tests.web.security.town import Town

pytestmark = pytest.mark.no_cover

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
STATES: dict[str, object] = {
    "type": "object",
    "required": ["state"],
    "properties": {"state": {"type": "string"}},
}
HEALTH: dict[str, object] = {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"type": "string"}},
}


def said(schema: dict[str, object] | None, *pages: int) -> dict[str, object]:
    """Describe the answers of a route: JSON when there is something, else pages."""
    page = {"description": "A page.", "content": {"text/html": {}}}
    answers: dict[str, object] = {str(status): page for status in pages}
    if schema is not None:
        ok = {"description": "The state.", "content": {"application/json": {"schema": schema}}}
        answers["200"] = ok
    return {"get": {"responses": answers}}


def part(name: str, kind: str) -> list[dict[str, object]]:
    """Describe one part of an address."""
    return [{"name": name, "in": "path", "required": True, "schema": {"type": kind}}]


DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "What pages ask by themselves", "version": "1"},
    "paths": {
        "/healthz": said(HEALTH),
        "/readyz": said(HEALTH),
        "/giris/kart/durum": said(STATES, 404),
        "/kod/{reference}/durum": {
            **said(STATES, 302, 403, 404, 308), "parameters": part("reference", "string"),
        },
        "/toplu/{number}/durum": {
            **said({"type": "object"}, 302, 403, 404, 308), "parameters": part("number", "integer"),
        },
    },
}  # fmt: skip


@pytest.mark.parametrize("role", ["public", "applicant", "officer"])
@pytest.mark.parametrize("path", sorted(DESCRIPTION["paths"]))
def test_every_answer_is_one_that_is_described(town: Town, path: str, role: str) -> None:
    visitor = town.visitor(role)
    cookie = visitor.client.get_cookie("nes")
    assert cookie is not None
    schema = schemathesis.openapi.from_dict(DESCRIPTION)
    schema.app = town.app
    asked: list[int] = []

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(case=schema[path]["GET"].as_strategy())
    def send(case: schemathesis.Case[Any]) -> None:
        case.cookies = {"nes": cookie.value}
        response = case.call()
        case.validate_response(response, checks=CHECKS)
        asked.append(response.status_code)

    send()
    assert asked
    assert set(asked) <= {200, 302, 308, 403, 404}
