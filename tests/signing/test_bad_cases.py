"""The table of bad cases: each gives its sub-indication, and none is ever a qualified signature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from signing.validation import validate
from signing.verdict import SubIndication, indication
from tests.signing.bad.make import TEXTS, Build, Maker, archived, cut, edit, moment
from tests.signing.bad.pki import Pki, declared
from tests.signing.kit import PERSON

if TYPE_CHECKING:
    from signing.validation import Validation

CASES = declared("cases.yaml") + declared("stamped.yaml")
BAD = [case for case in CASES if case["answer"] != "PASSED"]
HONEST = [case for case in CASES if case["answer"] == "PASSED"]
NOT_QUALIFIED, ANOTHER = "not qualified: ", "another person: "
KEYS = {
    "name", "build", "edits", "archives", "bytes", "text", "at", "revocation", "trust", "tsa",
    "answer", "problem", "level",
}  # fmt: skip


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Give the declared infrastructure, made once."""
    return Pki.make(tmp_path_factory.mktemp("bad"))


def made(pki: Pki, case: dict[str, Any]) -> bytes:
    container = Maker(pki, Build(**case.get("build", {}))).made()
    for entry in case.get("archives", ()):
        container = archived(pki, container, dict(entry))
    for path, value in case.get("edits", {}).items():
        container = edit(container, path, value)
    return cut(container, *case["bytes"]) if "bytes" in case else container


def judged(pki: Pki, case: dict[str, Any]) -> Validation:
    signer = case.get("build", {}).get("signer", "person")
    return validate(
        made(pki, case),
        TEXTS[case.get("text", "same")],
        trust=pki.trust(*case.get("trust", ["root"]), tsa=tuple(case.get("tsa", ()))),
        revocation=pki.revocation(case.get("revocation", ["crl root", "crl nes"]), signer),
        at=moment(case.get("at", 0)),
    )


@pytest.mark.parametrize("case", BAD, ids=lambda case: case["name"])
def test_a_bad_case_gives_its_answer_and_is_never_a_qualified_signature(
    case: dict[str, Any], pki: Pki
) -> None:
    found, answer = judged(pki, case), case["answer"]
    if answer.startswith(NOT_QUALIFIED):
        assert found.qualification is not None
        assert (found.qualification.code, found.passed) == (answer[len(NOT_QUALIFIED) :], True)
        assert not found.qualified
    elif answer.startswith(ANOTHER):
        assert found.passed
        assert found.signer is not None
        assert found.signer.holder == PERSON.common_name
        assert found.signer.tckn == answer[len(ANOTHER) :] != PERSON.tckn
    else:
        assert found.sub_indication == answer
        assert found.indication is indication(SubIndication(answer))
        assert not found.passed
        assert not found.qualified
    if "problem" in case:
        assert case["problem"] in {stamp.problem for stamp in found.stamps}


@pytest.mark.parametrize("case", HONEST, ids=lambda case: case["name"])
def test_an_honest_neighbour_of_the_bad_cases_passes(case: dict[str, Any], pki: Pki) -> None:
    found = judged(pki, case)
    assert found.sub_indication is None
    assert found.qualified
    assert found.level == case.get("level", "B-B")


def test_the_table_is_large_named_and_reaches_every_sub_indication() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names))
    assert len(BAD) >= 80
    assert all(case.keys() <= KEYS for case in CASES)
    answers = {case["answer"] for case in BAD}
    assert set(SubIndication) <= answers
