"""Certificates as pieces of DER: what is read of one, and of one that ends too early."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from signing.x509.builder import CertificateSubject, distinguished_name
from signing.x509.certificate_der import take_apart

if TYPE_CHECKING:
    from signing.authority.demo import Authority

EC_PUBLIC_KEY = "1.2.840.10045.2.1"


def test_the_issuer_and_the_kind_of_key_are_read(authority: Authority) -> None:
    taken = take_apart(authority.issuing.der)
    assert taken.issuer == authority.root.parsed.subject.dump()
    assert taken.key_type == EC_PUBLIC_KEY


def test_a_certificate_that_ends_before_its_key_has_none(authority: Authority) -> None:
    taken = take_apart(authority.issuing.der)
    cut = replace(taken, fields=taken.fields[:5])
    assert cut.issuer == taken.issuer
    with pytest.raises(ValueError, match="no public key"):
        _ = cut.key_type


def test_a_certificate_that_ends_before_its_issuer_names_nobody(authority: Authority) -> None:
    taken = take_apart(authority.issuing.der)
    assert replace(taken, fields=taken.fields[:2]).issuer == b""


@pytest.mark.parametrize(
    ("names", "number"),
    [(("Ayşe Yılmaz", "Ayşe", "Yılmaz"), "10000000146"), (("A" * 64, "", ""), "1")],
)
def test_a_name_is_encoded_as_it_is_built(names: tuple[str, str, str], number: str) -> None:
    common, given, surname = names
    parts = {
        "country_name": "TR", "common_name": common, "serial_number": number, "given_name": given,
        "surname": surname,
    }  # fmt: skip
    built = distinguished_name({kind: text for kind, text in parts.items() if text})
    assert CertificateSubject(common, number, given, surname).name().dump() == built.dump()
