"""The trust folder: what each file may say, and the sentence for each that it may not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import pem

from signing.errors import TrustUnusable
from signing.validation import trust
from signing.validation.trust import Trust, TrustWindow
from signing.validation.validate import validate
from signing.verdict import SubIndication
from signing.x509.policy import STRICT, AllowedAlgorithms
from tests.kit.signing.answers import TEXT
from tests.kit.signing.house import DAY, NOW
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.validation.trust import Revocation
    from tests.kit.signing import forge

GOOD = 'from = 2024-01-01\nfor = ["signatures"]\n'


@pytest.fixture
def folder(tmp_path: Path, authority: Authority) -> Path:
    """Give a folder with the root as an anchor and the issuing authority for chains."""
    put(tmp_path, "root.cer", authority.root.der, GOOD)
    put(
        tmp_path,
        "nes.pem",
        pem.armor("CERTIFICATE", authority.issuing.der),
        'from = 2024-01-01\nfor = ["chains"]\n',
    )
    return tmp_path


def put(folder: Path, name: str, data: bytes, said: str) -> None:
    (folder / name).write_bytes(data)
    (folder / name).with_suffix(".toml").write_text(said, "utf-8")


def test_a_folder_gives_anchors_and_helpers_each_for_its_purpose(
    folder: Path, authority: Authority
) -> None:
    put(
        folder,
        "tsa.der",
        authority.root.der,
        'from = 2024-01-01\nuntil = 2026-12-31\nfor = ["time-stamps", "chains"]\n',
    )
    found = trust.load(folder)
    assert found.anchors == (authority.root.der,)
    assert found.intermediates == (authority.issuing.der, authority.root.der)
    assert found.tsa_anchors == (authority.root.der,)
    assert found.for_time_stamps().anchors == found.tsa_anchors


def test_without_anchors_of_their_own_time_stamps_lead_to_those_of_signatures(
    folder: Path, authority: Authority
) -> None:
    assert trust.load(folder).for_time_stamps().anchors == (authority.root.der,)


def test_a_signature_is_judged_by_what_the_folder_trusts_on_that_day(
    folder: Path, forger: forge.Forger, lists: Revocation
) -> None:
    container = forger.sign(TEXT)

    def sub() -> SubIndication | None:
        found = trust.load(folder)
        return validate(container, TEXT, trust=found, revocation=lists, at=NOW).sub_indication

    assert sub() is None
    (folder / "root.toml").write_text(
        'from = 2024-01-01\nuntil = 2026-11-21\nfor = ["signatures"]\n'
    )
    assert sub() is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    (folder / "root.toml").write_text(
        'from = 2024-01-01\nuntil = 2026-11-22\nfor = ["signatures"]\n'
    )
    assert sub() is None
    (folder / "root.toml").write_text('from = 2026-11-23\nfor = ["signatures"]\n')
    assert sub() is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_both_ends_of_a_window_belong_to_it() -> None:
    first, last = NOW - DAY, NOW + DAY
    window, moment = TrustWindow(first, last), timedelta(microseconds=1)
    assert window.holds(first)
    assert window.holds(last)
    assert not window.holds(first - moment)
    assert not window.holds(last + moment)
    assert TrustWindow(first).holds(datetime(2999, 1, 1, tzinfo=UTC))


def test_an_anchor_without_dates_is_trusted_at_any_time(authority: Authority) -> None:
    root, other = authority.root, authority.issuing
    held = Trust((root.der, other.der), windows=((other.sha256, TrustWindow(NOW)),))
    assert held.anchors_at(NOW) == (root.der, other.der)
    assert held.anchors_at(NOW - DAY) == (root.der,)
    assert Trust((root.der,)).anchors_at(NOW) == (root.der,)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (GOOD + "owner = 1\n", "root.toml: Bilinmeyen anahtar: owner"),
        (GOOD + GOOD, "root.toml: Dosya okunamadı"),
        ("from 2024", "root.toml: Dosya okunamadı"),
        ('for = ["signatures"]\n', "root.toml: `from` yazılmalıdır"),
        ('from = "2024-01-01"\nfor = ["signatures"]\n', "root.toml: `from` bir gün olmalıdır"),
        ('from = 2024-01-01T00:00:00Z\nfor = ["signatures"]\n', "`from` bir gün olmalıdır"),
        ('from = 2024-01-01\nuntil = 5\nfor = ["signatures"]\n', "`until` bir gün olmalıdır"),
        (
            'from = 2024-01-02\nuntil = 2024-01-01\nfor = ["signatures"]\n',
            "`until`, `from` gününden önce olamaz",
        ),
        ("from = 2024-01-01\n", "root.toml: `for` bir liste olmalıdır"),
        ("from = 2024-01-01\nfor = []\n", "`for` bir liste olmalıdır"),
        ('from = 2024-01-01\nfor = "signatures"\n', "`for` bir liste olmalıdır"),
        ('from = 2024-01-01\nfor = ["seals"]\n', "chains, signatures, time-stamps"),
        (GOOD + "contact = 5\n", "root.toml: `contact` tek satırlık bir metin"),
        (GOOD + 'contact = "a\\nb"\n', "`contact` tek satırlık bir metin"),
        (GOOD + f'contact = "{"x" * 201}"\n', "`contact` tek satırlık bir metin"),
        ('from = 2024-01-01\nfor = ["chains"]\n', "İmzalar için güvenilen bir kök yok"),
    ],
)
def test_each_mistake_in_a_description_has_its_sentence(
    said: str, reason: str, folder: Path
) -> None:
    (folder / "root.toml").write_text(said, "utf-8")
    with refusing(TrustUnusable, match=reason.replace("[", r"\[")):
        trust.load(folder)


@pytest.mark.parametrize("data", [b"", b"junk", b"\x30\x00", b"-----BEGIN CERTIFICATE-----\n"])
def test_a_file_that_is_no_certificate_is_named(data: bytes, folder: Path) -> None:
    (folder / "root.cer").write_bytes(data)
    with refusing(TrustUnusable, match=r"root\.cer: Sertifika okunamadı"):
        trust.load(folder)


def test_a_certificate_and_its_description_belong_together(folder: Path) -> None:
    (folder / "nobody.toml").write_text(GOOD)
    with refusing(TrustUnusable, match=r"nobody\.toml: Yanında sertifika dosyası yok"):
        trust.load(folder)
    (folder / "nobody.toml").unlink()
    (folder / "root.toml").unlink()
    with refusing(TrustUnusable, match=r"root\.toml: Tanım dosyası yok"):
        trust.load(folder)


def test_a_folder_that_is_not_there_or_empty_is_refused(tmp_path: Path) -> None:
    with refusing(TrustUnusable, match="Klasör yok"):
        trust.load(tmp_path / "yok")
    with refusing(TrustUnusable, match="güvenilen bir kök yok"):
        trust.load(tmp_path)


def test_where_an_authority_is_reached_stands_beside_its_certificate(folder: Path) -> None:
    assert trust.load(folder).contacts == ()
    (folder / "root.toml").write_text(GOOD + 'contact = " 0000 000 00 00 "\n', "utf-8")
    found = trust.load(folder)
    root = hashlib.sha256((folder / "root.cer").read_bytes()).hexdigest()
    assert found.contacts == ((root, "0000 000 00 00"),)
    assert Trust(()).beside(found).contacts == found.beside(found).contacts == found.contacts


def test_two_trusts_stand_beside_each_other_each_thing_once(authority: Authority) -> None:
    root, issuing = authority.root, authority.issuing
    window = (issuing.sha256, TrustWindow(NOW))
    folder = Trust((issuing.der,), (), (issuing.der,), (window,))
    both = folder.beside(authority.trust)
    assert both.anchors == (issuing.der, root.der)
    assert both.intermediates == authority.trust.intermediates
    assert both.tsa_anchors == (issuing.der, root.der)
    assert both.windows == (window,)
    assert both.beside(both) == both
    assert both.allowed == STRICT


def test_what_is_allowed_stays_beside_another_trust_and_for_time_stamps(
    authority: Authority,
) -> None:
    allowed = AllowedAlgorithms.with_rsa_2048(NOW.date())
    ours = replace(authority.trust, allowed=allowed)
    assert ours.beside(authority.trust).allowed == ours.for_time_stamps().allowed == allowed
    assert authority.trust.beside(ours).allowed == STRICT
