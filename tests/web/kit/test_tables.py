"""The macro of all tables of data: headings, names, the sentence of an empty one, narrow cells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import web
from tests.kit.web.lint import text_of, tree_of
from web.kit.tables import TableColumn, labelled_cells, table_columns

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from flask import Flask

TEMPLATES = Path(web.__file__).parent / "templates"
ROW = "<tr><th scope='row'>B1</th><td class='number'>3</td></tr>"


def table(app: Flask, arguments: str, rows: str = ROW) -> Element:
    """Return the page that holds one table, made with these arguments."""
    source = (
        '{% from "parts.html" import data_table %}<!doctype html><html lang="tr"><head>'
        "<title>Çizelge</title></head><body><h2 id='ustu'>Üstü</h2>"
        f"{{% call data_table({arguments}) %}}{rows}{{% endcall %}}</body></html>"
    )
    with app.test_request_context():
        return tree_of(app.jinja_env.from_string(source).render())


def test_a_table_has_a_hidden_caption_and_headings_of_columns(app: Flask) -> None:
    tree = table(app, "'Başvurular', ['Başvuru', column('Kaç kez', number=true)]")
    caption = next(tree.iter("caption"))
    assert (text_of(caption), caption.get("class")) == ("Başvurular", "visually-hidden")
    heads = [(text_of(one), one.get("scope"), one.get("class")) for one in tree.iter("th")]
    assert heads[:2] == [("Başvuru", "col", None), ("Kaç kez", "col", "number")]
    assert [one.get("aria-sort") for one in tree.iter("th")] == [None, None, None]


@pytest.mark.parametrize(
    ("arguments", "label", "labelled_by"),
    [
        ("'Başvurular', ['A', 'B']", "Başvurular", None),
        ("'Başvurular', ['A', 'B'], label='Bulunanlar'", "Bulunanlar", None),
        ("'Başvurular', ['A', 'B'], labelled_by='ustu'", None, "ustu"),
    ],
)
def test_the_region_that_scrolls_has_a_name_and_takes_the_focus(
    app: Flask, arguments: str, label: str | None, labelled_by: str | None
) -> None:
    region = next(one for one in table(app, arguments).iter("div") if one.get("role") == "region")
    assert (region.get("aria-label"), region.get("aria-labelledby")) == (label, labelled_by)
    assert region.get("tabindex") == "0"


def test_a_caption_can_be_seen_and_a_table_can_look_otherwise(app: Flask) -> None:
    tree = table(app, "'Sayılar', ['Ay', 'Kaç'], look='figures', captioned=true")
    assert next(tree.iter("caption")).get("class") == "caption-top px-2"
    assert next(tree.iter("table")).get("class") == "table figures"


def test_only_a_table_of_more_than_two_columns_is_laid_out_anew_on_a_narrow_screen(
    app: Flask,
) -> None:
    assert next(table(app, "'C', ['A', 'B', 'C']").iter("table")).get("class") == (
        "table list stacked"
    )
    assert next(table(app, "'C', ['A', 'B']").iter("table")).get("class") == "table list"


@pytest.mark.parametrize(
    ("direction", "words"), [("none", "Ad"), ("ascending", "Ad ▲"), ("descending", "Ad ▼")]
)
def test_a_column_that_sorts_says_how_and_links_to_the_other_way(
    app: Flask, direction: str, words: str
) -> None:
    column = f"column('Ad', address='/liste?sirala=ad', direction='{direction}')"
    head = next(table(app, f"'C', [{column}, 'B']").iter("th"))
    assert (head.get("aria-sort"), text_of(head)) == (direction, words)
    assert [link.get("href") for link in head.iter("a")] == ["/liste?sirala=ad"]
    arrows = [arrow.get("aria-hidden") for arrow in head.iter("span")]
    assert arrows == ["true"] * (direction != "none")


def test_a_column_that_is_sorted_and_cannot_be_sorted_otherwise_is_no_link(app: Flask) -> None:
    tree = table(app, "'C', [column('Son gün', direction='ascending'), 'B']")
    assert next(tree.iter("th")).get("aria-sort") == "ascending"
    assert list(tree.iter("a")) == []


def test_a_corner_without_words_is_no_heading(app: Flask) -> None:
    tree = table(app, "'C', ['', 'Önceki', 'Yeni']")
    corner = next(next(tree.iter("thead")).iter("td"))
    assert (corner.get("role"), text_of(corner)) == ("cell", "")
    assert [text_of(one) for one in tree.iter("th")][:2] == ["Önceki", "Yeni"]


def test_a_table_without_rows_says_its_sentence_instead(app: Flask) -> None:
    tree = table(app, "'C', ['A', 'B'], empty='Hiç yok.'", rows="\n  ")
    assert list(tree.iter("table")) == []
    assert [text_of(one) for one in tree.iter("p")] == ["Hiç yok."]
    assert list(table(app, "'C', ['A', 'B'], empty='Hiç yok.'").iter("p")) == []
    assert len(list(table(app, "'C', ['A', 'B']", rows="").iter("table"))) == 1


def test_each_cell_says_its_role_and_its_column(app: Flask) -> None:
    tree = table(app, "'C', ['Başvuru', 'Kaç kez']", rows=ROW * 2)
    body = next(tree.iter("tbody"))
    cells = [
        (one.tag, one.get("role"), one.get("data-label"))
        for one in body.iter()
        if one.tag in {"tr", "th", "td"}
    ]
    assert cells == [
        ("tr", "row", None), ("th", "rowheader", "Başvuru"), ("td", "cell", "Kaç kez"),
    ] * 2  # fmt: skip
    assert [one.get("role") for one in (next(tree.iter("table")), next(tree.iter("thead")))] == [
        "table",
        "rowgroup",
    ]


def test_a_label_is_escaped_and_what_is_no_cell_is_left_alone() -> None:
    columns = table_columns(['Ad "soyad" <b>'])
    rows = labelled_cells("<tr><td><time>1</time><track></td></tr>", columns)
    assert rows == (
        '<tr role="row"><td role="cell" data-label="Ad &#34;soyad&#34; &lt;b&gt;">'
        "<time>1</time><track></td></tr>"
    )


def test_a_cell_beyond_the_columns_or_under_none_has_no_label() -> None:
    rows = labelled_cells("<tr><td>1</td><td>2</td><td>3</td></tr>", table_columns(["", "B"]))
    assert rows == (
        '<tr role="row"><td role="cell">1</td><td role="cell" data-label="B">2</td>'
        '<td role="cell">3</td></tr>'
    )


def test_a_bare_title_is_a_column_of_text() -> None:
    made = TableColumn("Sayı", number=True)
    assert table_columns(["Ad", made]) == [TableColumn("Ad"), made]


def test_no_template_writes_a_table_of_its_own() -> None:
    writing = [
        path.relative_to(TEMPLATES).as_posix()
        for path in sorted(TEMPLATES.rglob("*.html"))
        if "<table" in path.read_text(encoding="utf-8")
    ]
    assert writing == ["parts.html"]
