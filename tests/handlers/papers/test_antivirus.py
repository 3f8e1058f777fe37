"""Uploads are examined before anything reads them; what nobody examined is not taken."""

from __future__ import annotations

import socket
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from handlers.kit.sentences import sentence_of
from handlers.papers.antivirus import CHUNK, examine
from states.kit.invalid import Invalid
from tests.kit.scanner import BAD, Scanner, scanning

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["socket", "port"])
def scanner(request: pytest.FixtureRequest) -> Iterator[Scanner]:
    """Give a scanner, reached either way."""
    with (
        TemporaryDirectory() as short,
        scanning(Path(short) if request.param == "socket" else None) as one,
    ):
        yield one


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1])
def test_a_clean_file_reaches_the_scanner_whole(scanner: Scanner, size: int) -> None:
    content = bytes(n % 251 for n in range(size))
    examine(scanner.address, content)
    assert b"".join(scanner.pieces) == content
    assert len(scanner.pieces) == -(-size // CHUNK)


def test_what_the_scanner_finds_is_refused_by_its_name(scanner: Scanner) -> None:
    with pytest.raises(Invalid) as caught:
        examine(scanner.address, b"x" * CHUNK + BAD)
    assert (caught.value.code, caught.value.params) == ("upload.infected", {"found": "Test.Word-1"})
    assert "zararlı yazılım bulundu" in sentence_of(caught.value)


@pytest.mark.parametrize(
    "says",
    [
        b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK", b"stream: OKAY\0",
        b"stream: FOUND\0", b"stream: \x1b[1m FOUND\0", b"x" * 1100,
    ],
)  # fmt: skip
def test_an_answer_that_is_no_clean_one_takes_nothing(scanner: Scanner, says: bytes) -> None:
    scanner.says = says
    with pytest.raises(Invalid) as caught:
        examine(scanner.address, b"x")
    assert caught.value.code == "upload.scanner_away"


def test_a_scanner_that_is_away_takes_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    for address in (
        str(tmp_path / "none"),
        f"127.0.0.1:{port}",
        f"[::1]:{port}",
        "127.0.0.1:99999",
    ):
        with pytest.raises(Invalid) as caught:
            examine(address, b"x")
        assert caught.value.code == "upload.scanner_away"
        assert "yeniden deneyiniz" in sentence_of(caught.value)


def test_a_site_without_a_scanner_asks_nobody() -> None:
    examine(None, BAD)
