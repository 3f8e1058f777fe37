"""The files of the pages: of Bootstrap what is used, all of them compressed, a first page small."""

from __future__ import annotations

import errno
import gzip
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from web.site import assets
from web.site.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.web.visitor import Visitor
    from web.gate.composition import Composition

LARGEST_FIRST_PAGE = 60_000
"""Bytes of a first page with all that it loads, for somebody on a slow line."""


def test_only_rules_of_classes_that_are_named_stay() -> None:
    css = (
        '@charset "UTF-8";/*! Licence */:root,[data-bs-theme=light]{--a:1}'
        "[data-bs-theme=dark]{--a:2}"
        "a:hover{color:red}.btn,.unused{x:1}.btn.unused{x:2}.btn:not(.unused,.gone){x:3}"
        ".alert-info{x:4}@media (min-width:1px){.unused{x:5}.btn{x:6}}@media print{.unused{x:7}}"
        "@keyframes turn{to{x:8}}.unused{x:9}/*# sourceMappingURL=x.map */"
    )
    words = assets.words_in(iter(['<p class="btn alert-{{ kind }}">']))
    assert assets.used_css(css, words) == (
        '@charset "UTF-8";/*! Licence */:root{--a:1}a:hover{color:red}.btn{x:1}'
        ".btn:not(.unused,.gone){x:3}.alert-info{x:4}@media (min-width:1px){.btn{x:6}}"
        "@keyframes turn{to{x:8}}"
    )


def test_every_class_that_a_template_names_keeps_its_rule() -> None:
    kept = assets.contents()[f"bootstrap/static/{assets.BOOTSTRAP}"].decode()
    for name in ("btn-outline-primary", "form-select", "alert-danger", "visually-hidden", "mb-4"):
        assert re.search(rf"\.{name}\b", kept), name
    assert "MIT" in kept[:400]
    assert ".carousel" not in kept
    assert len(kept) < 130_000


def test_files_are_laid_once_and_a_second_process_takes_them_as_they_are(tmp_path: Path) -> None:
    place = assets.laid_out(tmp_path)
    packed = place / "static" / "site.css.gz"
    assert gzip.decompress(packed.read_bytes()) == (assets.STATIC / "site.css").read_bytes()
    before = packed.stat().st_mtime_ns
    assert assets.laid_out(tmp_path) == place
    assert packed.stat().st_mtime_ns == before
    assert [path.name for path in (tmp_path / "assets").iterdir()] == [place.name]


def test_who_is_slower_takes_what_the_other_laid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = assets.laid_out(tmp_path)
    there = iter([False])
    is_dir = type(place).is_dir
    monkeypatch.setattr(
        type(place), "is_dir", lambda path: next(there, True) if path == place else is_dir(path)
    )
    assert assets.laid_out(tmp_path) == place
    assert [path.name for path in (tmp_path / "assets").iterdir()] == [place.name]


def test_on_a_full_disk_the_site_stays_up_and_leaves_no_half(
    composition: Composition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("web.site.assets.gzip.compress", full)
    settings = composition.settings.model_copy(update={"var": tmp_path / "full"})
    client = create_app(replace(composition, settings=settings)).test_client()
    for file in ("/static/site.css", f"/bootstrap/static/{assets.BOOTSTRAP}"):
        answer = client.get(file, buffered=True)
        assert answer.status_code == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert list((tmp_path / "full" / "assets").iterdir()) == []


@pytest.mark.parametrize("file", ["/static/site.css", "/bootstrap/static/css/bootstrap.min.css"])
def test_a_browser_that_can_gets_them_compressed(visitor: Visitor, file: str) -> None:
    answer = visitor.client.get(file, buffered=True, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"].startswith("text/css")
    plain = visitor.client.get(file, buffered=True)
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(answer.data) == plain.data


def test_a_first_page_is_small(visitor: Visitor) -> None:
    page = visitor.get("/")
    loaded = [part.get("href") or "" for part in page.tree.iter("link")]
    loaded += [part.get("src") or "" for part in page.tree.iter("script")]
    assert len(loaded) >= 4
    sizes = {"/": len(page.response.data)}
    for address in loaded:
        path = address.partition("?")[0]
        packed = {"Accept-Encoding": "gzip"}
        sizes[path] = len(visitor.client.get(path, buffered=True, headers=packed).data)
    assert sum(sizes.values()) <= LARGEST_FIRST_PAGE, sizes
