"""The links of the code pages: read strictly, and never to a server that could be mistaken."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from signing.app.errors import LinkHostRefused, LinkMalformed
from signing.app.link import CodeLink
from signing.app.words.refusals import tell
from tests.signing.app.messages import CODE


def link(server: str, code: str = CODE, start: str = "nes-imza:sign?") -> str:
    """Write a link as a page does."""
    return f"{start}code={code}&server={quote(server, safe='')}"


@pytest.mark.parametrize("start", ["nes-imza:sign?", "nes-imza://sign?", "nes-imza://sign/?"])
@pytest.mark.parametrize(
    "server",
    [
        "https://nes.example", "https://basvuru.ofis.gov.tr:8443/nes", "http://127.0.0.1:8000",
        "http://localhost:8000",
    ],
)  # fmt: skip
def test_a_link_of_a_page_names_server_and_code(server: str, start: str) -> None:
    assert CodeLink.parse(link(server, start=start)) == CodeLink(server, CODE)


def test_groups_and_a_last_slash_are_taken_off() -> None:
    grouped = link("https://nes.example/", "123-456-789-012-345")
    assert CodeLink.parse(grouped) == CodeLink("https://nes.example", CODE)


@pytest.mark.parametrize(
    "server",
    [
        "http://nes.example", "ftp://nes.example", "https://", "https://user@nes.example",
        "https://nes.example\\@evil.example", "https://nes.example?a=b", "https://nes.example#a",
        "https://192.0.2.7", "https://[2001:db8::1]", "https://intranet", "https://nеs.example",
        "https://xn--ns-nja.example", "https://a.xn--p1ai", "https://nes.example:99999",
        "https://-nes.example", "https://nes.example/a b", "https://nes.example/ç", "javascript:1",
        "file:///etc/passwd", "https://nes.example.", "https://2130706433",
    ],
)  # fmt: skip
def test_a_strange_server_is_refused_with_a_sentence_in_plain_letters(server: str) -> None:
    with pytest.raises(LinkHostRefused) as refused:
        CodeLink.parse(link(server))
    told = tell(refused.value)
    assert told.title == "Bu bağlantıyla imza atılmaz"
    shown = str(refused.value.params["url"])
    assert shown.isascii()
    assert f"götüremez: {shown} Kodu" in told.text


def test_a_long_address_is_cut_where_it_is_shown() -> None:
    with pytest.raises(LinkHostRefused) as refused:
        CodeLink.parse(link("http://" + "a" * 300))
    assert refused.value.params["url"] == "http://" + "a" * 93


@pytest.mark.parametrize(
    "strange",
    [
        "", "nes-imza:", "nes-imza:sign", "nes-imza:sign?", "nes-imza:sign?code", "nes-imza:other?",
        "nes-imza:sign?code=&server=https%3A%2F%2Fnes.example",
        f"nes-imza:sign?code={CODE}", "nes-imza:sign?server=https%3A%2F%2Fnes.example",
        f"nes-imza:sign?code={CODE}&code={CODE}", f"nes-imza:sign?code={CODE}&server=a&pin=1",
        f"nes-imza:sign?code={CODE}&pin=1", link("https://nes.example", "12345"),
        link("https://nes.example", "%2D%2Dstore"), link("https://nes.example", "١٢٣٤٥٦٧٨٩٠١٢٣٤٥"),
        link("https://nes.example") + " --store=/x", link("https://nes.example") + "\n",
        link("https://nes.example", start="NES-IMZA:sign?"),
        link("https://nes.example/" + "a" * 600),
    ],
)  # fmt: skip
def test_what_no_page_writes_is_refused_whole(strange: str) -> None:
    with pytest.raises(LinkMalformed) as refused:
        CodeLink.parse(strange)
    assert tell(refused.value).title == "Bağlantı anlaşılamadı"
