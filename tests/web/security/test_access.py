"""Every route tried by everybody whom it is not for: nothing is learnt and nothing changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.web.security.town import ROLES, Address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.test import TestResponse

    from tests.kit.web.visitor import Visitor
    from tests.web.security.town import Town

pytestmark = pytest.mark.no_cover

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

OTHER_PEOPLE = {"auth.demo_sign_in", "auth.leave", "auth.leave_everywhere"}
"""What would make another person of the visitor, or nobody."""

OF_STRANGERS = "auth.card_"
"""Signing in with the card is open to everybody and is a case of its own."""

GROWS = {"access_log", "sign_in_log", "web_session", "try_count"}
"""Where an auditor leaves traces: reads, sign-ins and sessions; what he verified is added below."""

PROOFS = ("verification", "proof", "integrity")
"""Parts of the names of tables that keep what came of a verification."""

FORM = {
    "q": "deneme", "gerekce": "deneme", "reason": "deneme", "seen": "1", "surum": "1",
    "amac": "audit", "purpose": "audit", "metin": "deneme", "text": "deneme", "name": "deneme",
}  # fmt: skip


def sent(visitor: Visitor, method: str, address: str, **form: str) -> TestResponse:
    """Send a request with a valid token."""
    data = {**FORM, **form, "csrf_token": visitor.token} if method != "GET" else None
    return visitor.client.open(address, method=method, data=data, buffered=True)


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Return the tables whose contents differ."""
    return {name for name in before if before[name] != after[name]}


def bare(answer: TestResponse) -> str:
    """Return an answer without what is different in each: tokens, nonces, its own address."""
    text = re.sub(r'(nonce|value|href|action|content)="[^"]*"', "", answer.text)
    return re.sub(r"[A-Z][0-9]{9,}|[0-9a-f]{32,}|<code>[^<]*</code>", "", text)


def objects(town: Town) -> Iterator[tuple[Address, frozenset[str]]]:
    """Go through the addresses of single things, with who may open them."""
    for rule, allowed in town.rules():
        if rule.arguments & {"reference", "number", "sha256"} and "public" not in allowed:
            for address in town.addresses(rule):
                yield address, allowed


def nobodys(town: Town, address: Address) -> Address | None:
    """Return the address of a thing that is not there, otherwise like a given one."""
    wanted = {**address.parts, "reference": ""}
    for other in town.addresses(address.rule, nothing=True):
        if {**other.parts, "reference": ""} == wanted:
            return other
    return None


def test_the_auditor_can_write_nothing_by_any_route_and_method(town: Town) -> None:
    auditor = town.visitor("auditor")
    auditor.get("/hesap")
    before, answers = town.rows(), 0
    for rule, _ in town.rules():
        if rule.endpoint in OTHER_PEOPLE or rule.endpoint.startswith(OF_STRANGERS):
            continue
        for address in town.addresses(rule):
            for method in METHODS:
                answer = sent(auditor, method, address.path)
                assert answer.status_code < 500, (method, address.path, answer.status_code)
                answers += 1
    written = changed(before, town.rows()) - GROWS
    assert {name for name in written if not any(part in name for part in PROOFS)} == set()
    assert answers > 500


@pytest.mark.parametrize("role", ROLES)
def test_a_route_is_closed_to_every_role_it_does_not_name(town: Town, role: str) -> None:
    visitor = town.visitor(role)
    visitor.get("/hesap")
    before, refused = town.rows(), 0
    for rule, allowed in town.rules():
        if allowed & {"public", "*", role}:
            continue
        for address in town.addresses(rule):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                answer = sent(visitor, method, address.path)
                assert answer.status_code == 403, (method, address.path, answer.status_code)
                refused += 1
    assert changed(before, town.rows()) <= {"web_session"}
    assert refused > 20


def test_a_stranger_is_sent_to_sign_in_from_every_route_that_is_not_public(town: Town) -> None:
    visitor = town.visitor("public")
    visitor.get("/giris")
    before = town.rows()
    for rule, allowed in town.rules():
        if "public" in allowed:
            continue
        for address in town.addresses(rule):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                answer = sent(visitor, method, address.path)
                assert answer.status_code == 302, (method, address.path)
                assert answer.headers["Location"].startswith("/giris"), address.path
    assert changed(before, town.rows()) <= {"web_session"}


def test_another_persons_things_answer_like_things_that_are_not_there(town: Town) -> None:
    stranger = town.visitor("stranger")
    stranger.get("/hesap")
    before, tried = town.rows(), 0
    theirs = f"B{town.cases['theirs']:09}"
    for address, allowed in objects(town):
        if "applicant" not in allowed or address.parts.get("reference") == theirs:
            continue
        nothing = nobodys(town, address)
        if nothing is None:
            continue
        for method in sorted((address.rule.methods or set()) & {"GET", "POST"}):
            one = sent(stranger, method, address.path)
            other = sent(stranger, method, nothing.path)
            assert (one.status_code, other.status_code) == (404, 404), (method, address.path)
            assert bare(one) == bare(other), address.path
            tried += 1
    assert changed(before, town.rows()) <= {"web_session"}
    assert tried > 50


def test_what_is_not_there_is_not_found_for_those_who_may_open_it(town: Town) -> None:
    for role in ROLES:
        visitor = town.visitor(role)
        visitor.get("/hesap")
        before = town.rows()
        for rule, allowed in town.rules():
            single = rule.arguments & {"reference", "number"}
            if not single or not allowed & {role} or "public" in allowed:
                continue
            for address in town.addresses(rule, nothing=True):
                for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                    answer = sent(visitor, method, address.path)
                    assert answer.status_code == 404, (role, method, address.path)
        assert changed(before, town.rows()) <= {"web_session"}


def test_a_coordinator_sees_and_touches_his_own_institution_only(town: Town) -> None:
    far = town.visitor("far")
    near = town.visitor("coordinator")
    assert "ÖRNEKOĞLU" in near.get("/kurum").text
    assert "ÖRNEKOĞLU" not in far.get("/kurum").text
    assert "ÖRNEKOĞLU" not in far.post("/kurum", ara="örnek").text
    assert "ÖRNEKOĞLU" in near.post("/kurum", ara="örnek").text


def test_no_form_is_taken_without_its_token(town: Town) -> None:
    exempt = {"api", "authority"}
    tried = 0
    for role in ROLES:
        visitor = town.visitor(role)
        visitor.get("/hesap")
        visitor.token = "not-mine"
        before = town.rows()
        for rule, allowed in town.rules():
            public = "public" in allowed
            if "POST" not in (rule.methods or set()) or not (public or allowed & {role, "*"}):
                continue
            if rule.endpoint.partition(".")[0] in exempt:
                continue
            for address in town.addresses(rule):
                answer = sent(visitor, "POST", address.path)
                assert answer.status_code == 400, (role, address.path, answer.status_code)
                tried += 1
        assert changed(before, town.rows()) <= {"web_session"}
    assert tried > 100


def test_asking_for_a_page_changes_nothing_but_traces(town: Town) -> None:
    for role in ROLES:
        visitor = town.visitor(role)
        visitor.get("/hesap")
        before = town.rows()
        for rule, allowed in town.rules():
            if not allowed & {role, "*"} or "GET" not in (rule.methods or set()):
                continue
            for address in town.addresses(rule):
                answer = sent(visitor, "GET", address.path)
                assert answer.status_code < 500, (role, address.path)
        assert changed(before, town.rows()) <= GROWS, role
