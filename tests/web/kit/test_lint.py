"""The lint that reads every page of the tests finds what it is there for, and nothing else."""

from __future__ import annotations

import pytest

from tests.kit.web.lint import faults

TCKN = "10000000146"
PAGE = '<!doctype html><html lang="tr"><head><title>{title} – nes-ofis</title></head><body>{body}'


def page(body: str, title: str = "Sayfa") -> list[str]:
    """Return what is wrong with a page that has this body."""
    return faults(PAGE.format(title=title, body=f"<h1>Sayfa</h1>{body}"))


def test_a_page_without_fault_is_left_alone() -> None:
    assert page('<p id="son">Metin</p><a href="#son">Sona</a>') == []


@pytest.mark.parametrize("around", ["{}", "TR{}", "<b>{}</b>", "no:{}.", "a{}b", "kimlik={}"])
def test_an_identity_number_is_found_wherever_it_stands(around: str) -> None:
    assert page(f"<p>{around.format(TCKN)}</p>") == ["an unmasked TCKN is on the page"]


@pytest.mark.parametrize(
    "number",
    [
        "10000000147",  # its sums do not fit
        "100******46",
        f"1{TCKN}",
        f"7e57{TCKN}c0ffee",  # a serial number that holds one by chance
    ],
)
def test_other_numbers_are_none(number: str) -> None:
    assert page(f"<p>{number}</p>") == []


def test_a_short_word_in_hex_hides_no_identity_number() -> None:
    assert page(f"<p>abc{TCKN}</p>") == ["an unmasked TCKN is on the page"]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<p id="a"></p><p id="a"></p>', "the id a is there 2 times"),
        ("<h1>İki</h1>", "there are 2 main headings"),
        ('<a href="#yok">Git</a>', "the link #yok leads nowhere"),
        ('<p style="color: red">x</p>', "there is an inline style"),
        ('<input id="ad" name="ad">', "the field ad has no label"),
    ],
)
def test_each_fault_is_said(body: str, fault: str) -> None:
    assert fault in page(body)


def test_a_page_has_a_title_of_its_own() -> None:
    assert any(found.startswith("the title is") for found in page("", title=""))
