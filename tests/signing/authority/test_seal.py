"""The seal of the office: its certificate, what it seals, and that it is nobody's signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyhanko.sign.ades.qualified_asn1 import get_qc_statements

from signing.authority import seal
from signing.cms import pades
from signing.errors import KeyAbsent
from signing.validation.validate import validate
from signing.x509.profile import qualification
from tests.kit.signing import house as kit
from tests.kit.signing import pdfs
from tests.kit.signing.house import NOW

if TYPE_CHECKING:
    from signing.authority.demo import Authority
    from signing.authority.seal import Seal
    from signing.tokens.slots import TokenStore
    from signing.validation.trust import Revocation

REASON = "Teslim formunun mühürlenmesi"


@pytest.fixture(scope="module")
def office(store: TokenStore, authority: Authority) -> Seal:
    """Give the seal on the authority's token."""
    del authority  # it has to be on the token first
    return seal.Seal(store, kit.AUTHORITY_LABEL, kit.PIN)


def test_the_seal_is_made_once(store: TokenStore, office: Seal) -> None:
    kit.demo_authority(store)
    assert seal.Seal(store, kit.AUTHORITY_LABEL, kit.PIN).certificate.der == office.certificate.der


def test_the_certificate_is_that_of_a_test_organisation_with_the_statements_of_a_seal(
    office: Seal, authority: Authority
) -> None:
    parsed = office.certificate.parsed
    names = parsed.subject.native
    assert names["organization_name"] == "TEST nes-ofis"
    assert names["common_name"].startswith("TEST")
    assert parsed.issuer.native == authority.issuing.parsed.subject.native
    assert [one["statement_id"].dotted for one in get_qc_statements(parsed)] == [
        "0.4.0.1862.1.1", "2.16.792.1.61.0.1.5070.1.1", "2.16.792.1.61.0.1.5070.1.3",
    ]  # fmt: skip
    assert not parsed.ca


def test_pyhanko_finds_the_seal_valid_and_a_changed_byte(
    office: Seal, authority: Authority, lists: Revocation
) -> None:
    sealed = office.seal(pdfs.pdf(), REASON, NOW)
    assert pdfs.pyhanko_says(sealed, authority, lists).bottom_line
    changed = sealed.replace(b"/Reason", b"/ReasOn")
    assert not pdfs.pyhanko_says(changed, authority, lists).bottom_line


def test_a_seal_passes_as_a_seal_and_never_as_somebodys_qualified_signature(
    office: Seal, authority: Authority, lists: Revocation
) -> None:
    found = pades.check(office.seal(pdfs.pdf(), REASON, NOW))
    answer = validate(
        found.container, found.content, trust=authority.trust, revocation=lists, at=NOW
    )
    assert (answer.passed, answer.qualified) == (True, False)
    assert answer.signer == office.certificate
    assert qualification(office.certificate).code == "seal"


def test_a_token_without_a_seal_has_none(store: TokenStore, blank: str) -> None:
    with pytest.raises(KeyAbsent):
        seal.Seal(store, blank, kit.PIN)
