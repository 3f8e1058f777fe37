"""The HTML of a message says what its text says, and does nothing."""

from __future__ import annotations

import pytest

from handlers.post.html import WIDE, html_of


def body(text: str) -> str:
    """Return what stands between the tags of the body."""
    page = html_of("Konu", text)
    return page.partition('max-width:40em">\n')[2].removesuffix("\n</body>\n</html>\n")


def test_the_page_is_whole_and_names_its_language() -> None:
    page = html_of("Kart & <zarf>", "İyi günler.", "en")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">')
    assert "<title>Kart &amp; &lt;zarf&gt;</title>" in page
    assert page.endswith("<p>İyi günler.</p>\n</body>\n</html>\n")
    assert 'lang="tr"' in html_of("", "")


def test_blank_lines_part_paragraphs_and_lines_stay() -> None:
    assert body("\nSayın A,\n \n\nBir.\nİki.\n") == "<p>Sayın A,</p>\n<p>Bir.<br>\nİki.</p>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('<img src="https://x.test/a">',
         '&lt;img src=&quot;<a href="https://x.test/a">https://x.test/a</a>&quot;&gt;'),
        ("http://x.t/?a=1&b=2.", '<a href="http://x.t/?a=1&amp;b=2">http://x.t/?a=1&amp;b=2</a>.'),
        ("(http://x.test/a) b", '(<a href="http://x.test/a">http://x.test/a</a>) b'),
        ("javascript:alert(1) ftp://x.test/", "javascript:alert(1) ftp://x.test/"),
        ("http://a.t/x, http://b.t/y",
         '<a href="http://a.t/x">http://a.t/x</a>, <a href="http://b.t/y">http://b.t/y</a>'),
    ],
)  # fmt: skip
def test_what_stands_in_a_text_is_text_and_only_addresses_are_links(text: str, html: str) -> None:
    assert body(text) == f"<p>{html}</p>"


def test_a_sentence_that_was_broken_for_its_width_is_one_line() -> None:
    full = "a" * WIDE
    assert body(f"{full}\ndevamı\nsonu.") == f"<p>{full} devamı sonu.</p>"
    for before, line in (
        ("a" * (WIDE - 1), "devamı"),
        (full, "Yeni cümle."),
        (f"{full}:", "https://x.test/a"),
        (f"{full}.", "devamı"),
    ):
        assert "<br>" in body(f"{before}\n{line}\nSon.")
    link = f"https://x.test/{full}"
    assert "</a><br>\ndevamı" in body(f"{link}\ndevamı")
