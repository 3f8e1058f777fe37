"""A visitor of each role who opens every link and sends every form finds nothing broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.security.crawler import Crawler
from tests.web.security.town import ROLES

if TYPE_CHECKING:
    from tests.web.security.town import Town

pytestmark = pytest.mark.no_cover


@pytest.mark.parametrize("role", ["public", *ROLES])
def test_no_link_is_dead_and_no_form_breaks_the_site(town: Town, role: str) -> None:
    crawler = Crawler(town.visitor(role).client)
    crawler.walk()
    assert crawler.wrong == []
    assert len(crawler.seen) >= 3


@pytest.mark.parametrize("role", ["applicant", "officer"])
def test_no_page_breaks_in_english(town: Town, role: str) -> None:
    client = town.visitor(role).client
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    crawler = Crawler(client)
    crawler.walk()
    assert crawler.wrong == []
    assert len(crawler.seen) >= 3
