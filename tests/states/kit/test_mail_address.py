"""E-mail addresses: what every mail server takes, written for its envelope; the rest with why."""

from __future__ import annotations

import pytest

from states.kit.mail_address import LONGEST, LONGEST_LOCAL, BadMailAddress, envelope_address


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("a@b.tr", "a@b.tr"),
        (" Ali.Veli+nes_1@Kurum.GOV.tr ", "Ali.Veli+nes_1@kurum.gov.tr"),
        ("a@şirket.com.tr", "a@xn--irket-idb.com.tr"),
        ("a@ornek。tr", "a@ornek.tr"),
        (f"{'a' * LONGEST_LOCAL}@b.tr", f"{'a' * LONGEST_LOCAL}@b.tr"),
    ],
)
def test_an_address_is_written_for_the_envelope(given: str, written: str) -> None:
    assert envelope_address(given) == written


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("a@b.tr\nBcc: c@d.tr", "control"),
        ("a\u200b@b.tr", "control"),
        ("", "at"),
        ("a.b.tr", "at"),
        ("a@b@c.tr", "at"),
        ("ayşe@b.tr", "local_letters"),
        ("Ayşe <a@b.tr>", "local"),
        ("Ayşe <ayşe@b.tr>", "local"),
        ('"a b"@c.tr', "local"),
        ("a b@c.tr", "local"),
        ("@b.tr", "local"),
        (".a@b.tr", "local"),
        ("a..b@c.tr", "local"),
        (f"{'a' * (LONGEST_LOCAL + 1)}@b.tr", "local"),
        ("a@b", "domain"),
        ("a@", "domain"),
        ("a@b.tr.", "domain"),
        ("a@b..tr", "domain"),
        ("a@-b.tr", "domain"),
        ("a@192.0.2.1", "domain"),
        ("a@[192.0.2.1]", "domain"),
        ("a@b c.tr", "domain"),
        (f"a@{'b' * 64}.tr", "domain"),
        (f"{'a' * LONGEST_LOCAL}@{'.'.join(['b' * 60] * 3)}.{'c' * 10}.tr", "long"),
    ],
)
def test_what_no_server_takes_is_refused_with_why(given: str, reason: str) -> None:
    with pytest.raises(BadMailAddress) as refused:
        envelope_address(given)
    assert refused.value.params == {"reason": reason}


def test_the_longest_address_is_taken() -> None:
    domain = f"{'b' * 60}.{'b' * 60}.{'b' * 60}.{'c' * (LONGEST - LONGEST_LOCAL - 1 - 183 - 3)}.tr"
    address = f"{'a' * LONGEST_LOCAL}@{domain}"
    assert (len(address), envelope_address(address)) == (LONGEST, address)
    with pytest.raises(BadMailAddress):
        envelope_address(address.replace(".tr", ".com"))
