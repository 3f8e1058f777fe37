"""The guides name what stands on the pages: a button that is renamed is renamed there as well."""

from __future__ import annotations

import pytest

from handlers import WORKFLOWS, declared
from tests.house.languages.catalogue import catalogue
from web.gate.language import LANGUAGES, TURKISH
from web.help.guides import CODES, FOLDER, Guide, guide
from web.help.views import LINK, NAMED, titles
from workflow.loading.loader import load

GUIDES = [(name, language) for name in CODES for language in LANGUAGES]


def names_on_pages() -> set[str]:
    """Return whatever a page calls something in Turkish: its messages and the moves' titles."""
    messages = {one.id if isinstance(one.id, str) else one.id[0] for one in catalogue() if one.id}
    definitions = load(WORKFLOWS, declared()).values()
    return messages | {title.tr for title in titles(definitions)}


def texts(one: Guide) -> list[str]:
    """Return all texts of a guide."""
    return [text for section in one.sections for text in section.texts]


@pytest.mark.parametrize(("name", "language"), GUIDES)
def test_whatever_a_guide_names_stands_on_a_page(name: str, language: str) -> None:
    named = {found for text in texts(guide(name, language)) for found in NAMED.findall(text)}
    assert named
    assert named - names_on_pages() == set()


@pytest.mark.parametrize(("name", "language"), GUIDES)
def test_a_guide_leads_to_its_own_sections(name: str, language: str) -> None:
    one = guide(name, language)
    own = {f"#{section.id}" for section in one.sections}
    assert len(own) == len(one.sections)
    targets = {target for text in texts(one) for _, target in LINK.findall(text)}
    assert {target for target in targets if target.startswith("#")} <= own


@pytest.mark.parametrize("name", CODES)
def test_both_languages_tell_the_same_tasks_in_the_same_revision(name: str) -> None:
    turkish, english = (guide(name, language) for language in LANGUAGES)
    assert turkish.code == english.code == CODES[name]
    assert [(one.number, one.day) for one in turkish.revisions] == [
        (one.number, one.day) for one in english.revisions
    ]
    assert sorted(turkish.revisions, key=lambda one: one.number) == list(turkish.revisions)
    for one, other in zip(turkish.sections, english.sections, strict=True):
        assert (one.id, one.about, len(one.steps)) == (other.id, other.about, len(other.steps))
        assert [NAMED.findall(text) for text in one.texts] == [
            NAMED.findall(text) for text in other.texts
        ]


def test_no_page_is_explained_twice_and_no_file_is_left_over() -> None:
    explained = [
        page for name in CODES for one in guide(name, TURKISH).sections for page in one.about
    ]
    assert len(explained) == len(set(explained))
    files = {f"{code}.{language}.yaml" for code in CODES.values() for language in LANGUAGES}
    assert {one.name for one in FOLDER.iterdir()} == files
