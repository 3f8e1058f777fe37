"""Certificates as pieces of DER: what is read of one, and of one that ends too early."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

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
