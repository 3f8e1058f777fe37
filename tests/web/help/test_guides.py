"""The guides as pages: whole, in both languages, and reached from what they explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from web.help.guides import CODES, GuideSection, guide, place_of
from web.help.views import guide_text

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.web.visitor import Visitor


@pytest.mark.parametrize("name", CODES)
def test_a_guide_is_read_without_signing_in_and_in_both_languages(
    visitor: Visitor, name: str
) -> None:
    page = visitor.get(f"/yardim/{name}")
    turkish = guide(name, "tr")
    assert page.heading == turkish.title
    assert page.all("dd") == [CODES[name], "02", "01.12.2026"]
    newest, first = page.all("tr")[1:]
    assert newest == f"02 01.12.2026 {turkish.newest.what}"
    assert first == "01 01.12.2026 İlk yayım."
    assert visitor.get("/yardim").links[turkish.title] == f"/yardim/{name}"
    visitor.get("/dil/en")
    english = visitor.get(f"/yardim/{name}")
    assert english.heading == guide(name, "en").title
    assert "*" not in english.text
    assert "](" not in english.text


def test_a_guide_calls_things_as_the_page_of_its_language_does(app: Flask) -> None:
    said = "*Askıya al* & *Çıkış yap*, [ofis](help.contact), [ilk](#ilk)"
    links = '<a href="/iletisim">ofis</a>, <a href="#ilk">ilk</a>'
    with app.test_request_context("/"):
        expected = "<strong>Askıya al</strong> &amp; <strong>Çıkış yap</strong>, "
        assert guide_text(said) == expected + links
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        expected = "<strong>Suspend</strong> &amp; <strong>Sign out</strong>, "
        assert guide_text(said) == expected + links


def test_each_page_leads_to_what_explains_it(app: Flask, visitor: Visitor) -> None:
    page = visitor.get("/giris")
    assert page.links["Bu sayfa için yardım"] == "/yardim/sahip#giris"
    assert "Bu sayfa için yardım" not in visitor.get("/iletisim").links
    assert place_of("help.contact") is None
    explained = {
        endpoint for name in CODES for one in guide(name, "tr").sections for endpoint in one.about
    }
    assert explained - set(app.view_functions) == set()


def test_a_section_with_a_field_of_its_own_is_refused() -> None:
    assert GuideSection.of({"id": "a", "title": "A", "say": ["x"]}).texts == ("x",)
    with pytest.raises(TypeError):
        GuideSection.of({"id": "a", "title": "A", "hint": ["x"]})


def test_there_is_no_guide_for_anybody_else(visitor: Visitor) -> None:
    visitor.get("/yardim/herkes", 404)


def test_a_guide_leads_nobody_to_a_page_that_is_closed_to_them(
    visitor: Visitor, officer: Visitor
) -> None:
    assert "/mesajlarim" in visitor.get("/yardim/sahip").links.values()
    page = officer.get("/yardim/sahip")
    assert "/mesajlarim" not in page.links.values()
    assert "Mesajlarım" in page.text
