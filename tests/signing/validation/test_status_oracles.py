"""Other programs judge the same lists and answers: openssl and pyhanko-certvalidator."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import crl, ocsp, pem
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from signing.x509.validation_time import Moment
from tests.kit.signing.crowd import Own, named
from tests.kit.signing.house import DAY, NOW
from tests.kit.signing.telling import PERSON, H, Row, Teller, at_ocsp, revoked
from tests.signing.authority.test_openssl import openssl, stamp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LISTS: dict[str, Callable[[Teller], bytes]] = {
    "empty": lambda teller: teller.list(),
    "of others": lambda teller: teller.list(Row(1), Row(2, reason="key_compromise")),
    "of the person": lambda teller: teller.list(Row(1), Row(teller.person.serial_number)),
    "of the person on hold": lambda teller: teller.list(
        Row(teller.person.serial_number, reason="certificate_hold")
    ),
    "over": lambda teller: teller.list(at=NOW - DAY, until=NOW - H),
    "to come": lambda teller: teller.list(at=NOW + H, until=NOW + DAY),
    "by another key": lambda teller: teller.list(by=Own(teller.own.name)),
}
ANSWERS: dict[str, Callable[[Teller], bytes]] = {
    "good": lambda teller: teller.answer(),
    "revoked": lambda teller: teller.answer(teller.entry(revoked())),
    "unknown": lambda teller: teller.answer(teller.entry(ocsp.CertStatus("unknown"))),
    "over": lambda teller: teller.answer(teller.entry(at=NOW - DAY, until=NOW - H)),
    "to come": lambda teller: teller.answer(teller.entry(at=NOW + H, until=NOW + DAY)),
    "of a responder": lambda teller: by_responder(teller, nocheck=True),
    "of a responder that may be revoked": lambda teller: by_responder(teller, nocheck=False),
}


def by_responder(teller: Teller, *, nocheck: bool) -> bytes:
    responder, by = teller.responder(nocheck=nocheck)
    return teller.answer(by=responder, beside=[by])


@pytest.fixture(scope="module")
def teller() -> Teller:
    """Give an authority, and a person whose certificate names a responder, as the library wants."""
    teller = Teller()
    named_there = (at_ocsp("http://ocsp.example/"),)
    teller.person = teller.certified(Own(named("TEST kişi")), usage=PERSON, more=named_there)
    return teller


def library(teller: Teller, crls: list[bytes], ocsps: list[bytes]) -> bool:
    """Say whether the library takes the person's certificate by these data."""
    context = ValidationContext(
        trust_roots=[teller.anchor.parsed],
        moment=NOW,
        best_signature_time=NOW,
        allow_fetching=False,
        revocation_mode="require",
        crls=[crl.CertificateList.load(der) for der in crls],
        ocsps=[ocsp.OCSPResponse.load(der) for der in ocsps],
        time_tolerance=timedelta(0),
    )
    validator = CertificateValidator(teller.person.parsed, validation_context=context)
    try:
        validator.async_validate_path().send(None)
    except StopIteration:
        return True
    except (ValidationError, PathError):
        return False
    raise AssertionError


@pytest.mark.parametrize("case", LISTS)
def test_openssl_and_the_library_say_the_same_of_a_list(
    teller: Teller, tmp_path: Path, case: str
) -> None:
    der = LISTS[case](teller)
    ours = teller.asked(der) == "good"
    assert ours is library(teller, [der], [])
    for name, kind, data in (
        ("root", "CERTIFICATE", teller.anchor.der),
        ("list", "X509 CRL", der),
        ("person", "CERTIFICATE", teller.person.der),
    ):
        (tmp_path / f"{name}.pem").write_bytes(pem.armor(kind, data))
    command: list[str | Path] = ["verify", "-CAfile", tmp_path / "root.pem", "-CRLfile"]
    command += [tmp_path / "list.pem", "-crl_check", "-attime", stamp(), tmp_path / "person.pem"]
    assert ours is (openssl(*command).returncode == 0)


@pytest.mark.parametrize("case", ANSWERS)
def test_the_library_says_the_same_of_an_answer(teller: Teller, case: str) -> None:
    der = ANSWERS[case](teller)
    wanted = Moment(NOW, ocsp=True)
    assert (teller.asked(answers=[der], moment=wanted) == "good") is library(teller, [], [der])
