"""Strangers' linters judge what the authority makes: certificates, lists and status answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from asn1crypto import ocsp as asn1
from asn1crypto import x509

from signing.authority.crl import Reason, RevokedEntry
from signing.authority.demo import Addresses, create
from signing.authority.ocsp import GOOD, UNKNOWN, ServedStatus
from tests.kit.signing import forge
from tests.kit.signing import house as kit
from tests.kit.signing.asking import ocsp_request
from tests.kit.signing.house import DAY, NOW
from tests.kit.signing.linting import LINTERS, findings, read_policies_right, waivers

if TYPE_CHECKING:
    from pathlib import Path

    from signing.tokens.slots import TokenStore

pytestmark = pytest.mark.no_cover

ADDRESSES = Addresses.under("http://127.0.0.1:8000")
CHAIN = {
    "root": "root", "issuing": "root", "responder": "issuing", "stamper": "issuing",
    "person": "issuing",
}  # fmt: skip


@dataclass(frozen=True)
class Shelf:
    """Everything the authority makes, as files, named by what it is."""

    folder: Path

    def put(self, name: str, data: bytes) -> None:
        """Write one document."""
        (self.folder / name).write_bytes(data)

    def lint(self, name: str, linter: str, *others: str) -> list[tuple[tuple[str, str, str], str]]:
        """Lint one document, with what stands before it."""
        return findings(name, linter, *(self.folder / one for one in (*others, name)))


@pytest.fixture(scope="module")
def shelf(store: TokenStore, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Give one of each, made the way the product makes it."""
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    authority = create(store, replace(kit.plan(label="TEST-LINT"), addresses=ADDRESSES))
    request = forge.person_request(
        crl_urls=ADDRESSES.crl, ocsp_urls=ADDRESSES.ocsp, issuer_urls=ADDRESSES.issuing
    )
    person = authority.issue(request, forge.public_info(forge.ec_key()))
    shelf.put("root", authority.root.der)
    shelf.put("issuing", authority.issuing.der)
    shelf.put("responder", authority.responder.der)
    shelf.put("stamper", authority.stamper.der)
    shelf.put("person", person)
    every = [RevokedEntry(number, NOW - DAY, reason) for number, reason in enumerate(Reason, 1)]
    shelf.put("list", authority.crl(every, NOW, NOW + DAY, 7))
    shelf.put("empty list", authority.crl([], NOW, NOW + DAY, 8))
    shelf.put("root list", authority.root_crl(NOW, NOW + DAY, 7))
    asked = ocsp_request(authority.issuing, 1, 2, 3, nonce=b"n" * 16)
    statuses = {1: GOOD, 2: ServedStatus(entry=every[0]), 3: UNKNOWN}
    shelf.put("answer", authority.ocsp_response(asked, statuses.__getitem__, NOW))
    held = ServedStatus(entry=RevokedEntry(1, NOW - DAY, Reason.ON_HOLD))
    asked = ocsp_request(authority.issuing, 1)
    shelf.put("short answer", authority.ocsp_response(asked, lambda _: held, NOW))
    return shelf


@pytest.fixture(scope="module")
def found(shelf: Shelf) -> list[tuple[tuple[str, str, str], str]]:
    """Give all that the linters find."""
    with pytest.MonkeyPatch.context() as patch:
        read_policies_right(patch)
        return everything(shelf)


def everything(shelf: Shelf) -> list[tuple[tuple[str, str, str], str]]:
    lists = {"list": "crl", "empty list": "crl", "root list": "arl"}
    answers = {"answer": "ocsp", "short answer": "ocsp"}
    persons = {"etsi", "etsi-qualified"}
    said = [shelf.lint(name, "pkix") for name in CHAIN]
    said += [shelf.lint("person", linter) for linter in sorted(persons)]
    said += [shelf.lint(name, "chain", issuer) for name, issuer in CHAIN.items()]
    said += [shelf.lint(name, linter) for name, linter in (lists | answers).items()]
    assert {*lists.values(), *answers.values(), *persons, "pkix", "chain"} == set(LINTERS)
    return [finding for document in said for finding in document]


def test_nothing_is_found_that_is_not_waived_with_a_reason(
    found: list[tuple[tuple[str, str, str], str]],
) -> None:
    waived = waivers()
    assert [(one, where) for one, where in found if one not in waived] == []
    assert all(len(reason.split()) > 4 for reason in waived.values())


def test_a_waiver_that_is_not_needed_any_more_is_taken_off_the_list(
    found: list[tuple[tuple[str, str, str], str]],
) -> None:
    assert set(waivers()) - {one for one, _ in found} == set()


def test_the_linters_do_find_a_fault_where_there_is_one(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_policies_right(monkeypatch)
    certificate = x509.Certificate.load((shelf.folder / "person").read_bytes())
    for entry in certificate["tbs_certificate"]["extensions"]:
        if entry["extn_id"].native == "key_usage":
            entry["critical"] = False
    shelf.put("spoilt", certificate.dump(force=True))
    broken = {finding[2] for finding, _ in shelf.lint("spoilt", "chain", "issuing")}
    assert broken == {"pkix.signature_verification_failed"}
    faults = {finding[2] for finding, _ in shelf.lint("spoilt", "etsi")}
    assert faults - {code for _, _, code in waivers()} == {"pkix.key_usage_extension_not_critical"}


def test_the_answer_that_was_linted_says_all_three_states(shelf: Shelf) -> None:
    answer = asn1.OCSPResponse.load((shelf.folder / "answer").read_bytes())
    states = [one["cert_status"].name for one in answer.response_data["responses"]]
    assert states == ["good", "revoked", "unknown"]
