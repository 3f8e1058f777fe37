"""The judge of pages in two languages: what is Turkish on an English page is found, and no more."""

from __future__ import annotations

import pytest

from tests.kit.web.lint import tree_of
from tests.kit.web.tongues import turkish_on

NAMES = frozenset({"Ayşe", "Örnekoğlu"})


def page(body: str, tongue: str = "en", title: str = "Start") -> str:
    return (
        f'<!doctype html><html lang="{tongue}"><head><title>{title}</title></head>'
        f"<body>{body}</body></html>"
    )


def found(html: str) -> list[str]:
    return turkish_on(tree_of(html), NAMES)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>Applications</p>", []),
        ("<p>Başvurular</p>", ["Başvurular"]),
        ("<p>Open <b>here</b> süre</p>", ["süre"]),
        ("<p>Open <b>gün</b> here</p>", ["gün"]),
        ('<p lang="tr">Başvurular</p>', []),
        ('<p>Reason: <span lang="tr">imza eksik, düzeltiniz</span> told</p>', []),
        ('<p>Reason: <span lang="tr">düzeltiniz</span> çok</p>', ["çok"]),
        (
            '<div lang="tr"><p>Başvuru <i lang="en">application sürer</i></p></div>',
            ["application sürer"],
        ),
        ("<p>Ayşe Örnekoğlu</p>", []),
        ("<p>Ayşe Örnekoğlu’nun kartı</p>", ["Ayşe Örnekoğlu’nun kartı"]),
        ('<img src="a.png" alt="Karekodu göster">', ["Karekodu göster"]),
        ('<a href="/" title="Geri dön">Back</a>', ["Geri dön"]),
        ('<input placeholder="Adınız" aria-label="Name">', ["Adınız"]),
        ('<script>var a = "gün";</script>', []),
    ],
)
def test_a_turkish_text_is_found_where_nothing_says_that_it_is_turkish(
    body: str, expected: list[str]
) -> None:
    assert found(page(body)) == expected


def test_the_title_of_the_window_is_judged_too() -> None:
    assert found(page("<p>x</p>", title="Başlangıç")) == ["Başlangıç"]


def test_a_turkish_page_is_left_alone() -> None:
    assert found(page("<p>Başvurular</p>", tongue="tr")) == []
