"""The demo's gateway speaks the language that the site asks for, else the browser's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.web.lint import tree_of
from tests.web.demo.test_gateway import ASKED, browser, gateway, watch

if TYPE_CHECKING:
    from werkzeug.test import Client as Browser

__all__ = ["browser", "gateway", "watch"]

TURKISH, ENGLISH = "Kimliğinizi doğrulayınız", "Prove your identity"


@pytest.mark.parametrize(
    ("asked", "accepted", "heading"),
    [
        ({}, "", TURKISH),
        ({"ui_locales": "en"}, "tr", ENGLISH),
        ({"ui_locales": "de tr"}, "en", TURKISH),
        ({"ui_locales": "de"}, "en,tr;q=0.5", ENGLISH),
        ({}, "fr", TURKISH),
    ],
)
def test_the_page_is_in_the_language_that_is_asked_for(
    browser: Browser, asked: dict[str, str], accepted: str, heading: str
) -> None:
    headers = {"Accept-Language": accepted} if accepted else {}
    page = browser.get("/authorize", query_string={**ASKED, **asked}, headers=headers).text
    tree = tree_of(page)
    assert [one.text for one in tree.iter("h1")] == [heading]
    assert tree.get("lang") == ("en" if heading == ENGLISH else "tr")


def test_a_wrong_number_is_told_in_the_language_of_the_page(browser: Browser) -> None:
    asked = {**ASKED, "ui_locales": "en", "tckn": "1"}
    page = browser.post("/authorize", data=asked).text
    assert "Error: Prove your identity" in page
    assert 'name="ui_locales" value="en"' in page
    refused = browser.get("/authorize?ui_locales=en").text
    assert "This request cannot be carried out" in refused
