"""Whom people may ask: at the foot of each page, and what the office says about their data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.kit.settings import load_settings
from tests.kit.states.given import SECRETS, refusal
from web.help.contact import INVENTED, Contact, contact_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.web.visitor import Visitor

SAID = {
    "NES_OFFICE_NAME": "Deneme Makamı",
    "NES_SUPPORT_PHONE": "+90 312 000 00 00",
    "NES_SUPPORT_EMAIL": "yardim@ornek.invalid",
    "NES_SUPPORT_HOURS": "Her gün 09.00–18.00",
    "NES_SUPPORT_ADDRESS": "Deneme Sokağı 1, Ankara",
}


def test_the_contact_is_what_the_settings_say(tmp_path: Path) -> None:
    given = {**SECRETS, "NES_VAR": str(tmp_path)}
    silent = contact_of(load_settings(given))
    assert silent == Contact("Nitelikli elektronik sertifika başvuru ofisi")
    assert not silent.reachable
    said = contact_of(load_settings({**given, **SAID}))
    assert said == Contact(*SAID.values())
    assert said.reachable
    assert said.dialled == "+903120000000"


def test_a_demo_has_an_invented_contact_until_it_is_given_one(tmp_path: Path) -> None:
    given = {**SECRETS, "NES_VAR": str(tmp_path), "NES_DEMO": "1"}
    assert contact_of(load_settings(given)) == INVENTED
    assert INVENTED.dialled == "03120000000"
    assert contact_of(load_settings({**given, **SAID})).office == "Deneme Makamı"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("NES_OIDC_NAME", "e-Devlet\nKapısı"),
        ("NES_OFFICE_NAME", " Ofis"),
        ("NES_SUPPORT_PHONE", "1" * 41),
        ("NES_SUPPORT_EMAIL", "yardim"),
        ("NES_SUPPORT_EMAIL", "a b@ornek.invalid"),
        ("NES_SUPPORT_HOURS", "09\t17"),
        ("NES_SUPPORT_ADDRESS", "x" * 201),
    ],
)
def test_a_contact_that_is_no_line_for_people_is_refused(key: str, value: str) -> None:
    assert str(refusal({**SECRETS, key: value})).startswith(f"{key} is not usable")


def test_every_page_says_whom_to_ask_and_the_pages_behind_it_open(visitor: Visitor) -> None:
    foot = visitor.get("/giris").tree.find("body/footer")
    assert foot is not None
    links = [link.get("href", "") for link in foot.iter("a")]
    assert {"tel:03120000000", "mailto:destek@ornek.invalid"} <= set(links)
    assert {"/iletisim", "/kisisel-veriler", "/dogrula"} <= set(links)
    page = visitor.get("/iletisim")
    assert page.heading == "İletişim"
    assert "TEST Mahallesi Deneme Sokağı 5" in page.text
    assert "6698 sayılı Kanun’un 10. maddesi" in visitor.get("/kisisel-veriler").text
