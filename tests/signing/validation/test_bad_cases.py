"""The table of bad cases: each gives its sub-indication, and none is ever a qualified signature."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from signing.cms.levels import Level
from signing.validation.validate import validate
from signing.verdict import SubIndication, indication
from tests.kit.signing.house import NOW, PERSON
from tests.signing.bad.edits import cut, edit
from tests.signing.bad.make import TEXTS, Build, Maker, archived, moment
from tests.signing.bad.pki import Pki, declared

if TYPE_CHECKING:
    from signing.validation.validate import Validation

CASES = declared("cases.yaml") + declared("stamped.yaml")
BAD = [case for case in CASES if case["answer"] != "PASSED"]
HONEST = [case for case in CASES if case["answer"] == "PASSED"]
NOT_QUALIFIED, ANOTHER = "not qualified: ", "another person: "
KEYS = {
    "name", "build", "edits", "archives", "bytes", "text", "at", "revocation", "trust", "tsa",
    "rsa_2048", "answer", "problem", "level", "settles",
}  # fmt: skip


def digest(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


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
        trust=pki.trust(
            *case.get("trust", ["root"]),
            tsa=tuple(case.get("tsa", ())),
            rsa_2048=case.get("rsa_2048"),
        ),
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
    # Only where the profile's wait is all that lacks may an office go on before it is over.
    settles = moment(case["settles"]) if "settles" in case else None
    assert found.settles_at == settles
    assert found.record()["settles_at"] == (settles and settles.isoformat())
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


def test_the_record_of_a_stamped_signature_names_its_time_stamps_and_its_evidence(
    pki: Pki,
) -> None:
    (case,) = (case for case in CASES if case["name"] == "revoked after the only good time-stamp")
    record = judged(pki, case).record()
    # In DER the members of a set stand in the order of their bytes, which differ from run to run.
    bad, good = sorted(record["time_stamps"], key=lambda stamp: stamp["problem"] is None)
    assert (bad["kind"], bad["problem"]) == ("signature", "SIG_CRYPTO_FAILURE")
    assert (good["problem"], good["at"]) == (None, "2026-11-20T09:00:00+00:00")
    assert good["certificate_sha256"] == digest(pki.certificate("tsa"))
    assert record["proved_time"] == good["at"]
    assert (record["level"], record["profile"]) == ("B-T", "P1")
    held = ("root", "nes", "revoked", "tsa")
    assert set(record["certificates"]) == {digest(pki.certificate(one)) for one in held}
    assert set(record["crls"]) == {digest(pki.crl(one)) for one in ("root", "nes")}
    assert json.loads(json.dumps(record)) == record


def test_what_was_not_verified_is_no_evidence(pki: Pki) -> None:
    (case,) = (case for case in CASES if case["name"] == "honest and judged with OCSP")
    found = judged(pki, {**case, "revocation": ["crl other-nes", *case["revocation"]]})
    assert found.used.crls == (digest(pki.crl("root")),)
    assert found.used.ocsps == (digest(pki.ocsp("good", "person")),)


def test_a_clock_that_is_a_little_ahead_proves_no_more_than_now(pki: Pki) -> None:
    ahead = {"build": {"timestamps": [{"at": 0.05}]}}
    found = judged(pki, ahead)
    assert (found.passed, found.level, found.proved_time) == (True, Level.B_T, NOW)
