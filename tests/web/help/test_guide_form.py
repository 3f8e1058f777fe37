"""The form of the guides: what every controlled document of this kind has."""

from __future__ import annotations

import re

import pytest

from tests.house.test_guides import GUIDES, texts
from web.gate.language import ENGLISH
from web.help.guides import CODES, FOLDER, guide, place_of
from web.help.views import LINK, NAMED

ENDS = (".", "?", ":", "!")


@pytest.mark.parametrize(("name", "language"), GUIDES)
def test_revisions_are_counted_from_the_first_and_say_what_changed(
    name: str, language: str
) -> None:
    revisions = guide(name, language).revisions
    assert [one.number for one in revisions] == [
        f"{count:02}" for count in range(1, len(revisions) + 1)
    ]
    assert [one.day for one in revisions] == sorted(one.day for one in revisions)
    assert all(one.what.endswith(ENDS) for one in revisions)
    assert guide(name, language).newest == revisions[-1]


@pytest.mark.parametrize(("name", "language"), GUIDES)
def test_each_task_says_something_in_whole_sentences(name: str, language: str) -> None:
    for section in guide(name, language).sections:
        assert section.texts, section.id
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", section.id)
        assert not section.title.endswith(".")
        for text in section.texts:
            plain = NAMED.sub(r"\1", LINK.sub(r"\1", text))
            assert plain.endswith(ENDS), text
            assert plain == plain.strip()
            assert not set(plain) & set("*[]"), text


@pytest.mark.parametrize("name", CODES)
def test_the_english_guide_is_no_copy_of_the_turkish_one(name: str) -> None:
    turkish, english = guide(name, "tr"), guide(name, ENGLISH)
    assert turkish.title != english.title
    assert turkish.summary != english.summary
    same = set(texts(turkish)) & set(texts(english))
    assert same == set()
    turkish_only = re.compile("[çğışÇĞİŞ]")
    for text in texts(english):
        assert not turkish_only.search(NAMED.sub("", text)), text


def test_a_page_is_led_to_its_task() -> None:
    assert place_of("portal.lost_card") == ("sahip", "kayip-kart")
    assert place_of("institution.upload") == ("kurum", "liste")
    assert place_of("office.enter_person") == ("ofis", "kayit")
    assert place_of("registering.ask") == ("sahip", "kayit")
    assert place_of("audit.journal") is None


def test_the_files_are_named_by_code_and_language() -> None:
    assert all(re.fullmatch(r"YD\.\d\d\.(tr|en)\.yaml", one.name) for one in FOLDER.iterdir())
