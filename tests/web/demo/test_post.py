"""The demo's mail: a server of its own catches all of it, and a page shows what came."""

from __future__ import annotations

import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest

from handlers.kit.post.mail_server import MailServer
from handlers.post import outbox
from handlers.post.carrier import OutgoingMessage
from handlers.post.keyed import message_id
from handlers.post.outbox import NoticeLetter
from handlers.post.smtp import SmtpCarrier
from states.cases.notice import Notice
from states.kit.settings import KEYS, load_settings
from tests.kit.programs import started
from tests.kit.states.given import SECRETS
from web.demo.post import pages
from web.demo.post.caught import CaughtMails, mail_file
from web.demo.post.reading import ReadMail, read_mail
from web.terminal import post as process
from web.terminal.beside import greeted_port, listen, mail_settings, running_mail_settings
from web.terminal.commands import shared

if TYPE_CHECKING:
    from pathlib import Path

    from states.kit.settings import Settings
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor
    from web.gate.composition import Composition

NOON = datetime(2026, 3, 2, 9, tzinfo=UTC)


def mail(
    subject: str = "Kartınız hazır", name: str = "<1@ofis.test>", text: str = "Metin"
) -> bytes:
    """Return a message in bytes."""
    made = EmailMessage()
    made["Subject"], made["Message-ID"] = subject, name
    made.set_content(text)
    made.add_alternative(f"<p>{text}</p>", subtype="html")
    made.set_boundary("x-x")
    return made.as_bytes()


@pytest.fixture
def caught(tmp_path: Path) -> CaughtMails:
    found = CaughtMails(tmp_path / "demo" / "post.sqlite", kept=150)
    found.prepare()
    return found


@pytest.fixture
def shown(composition: Composition) -> CaughtMails:
    """Give the mail that the pages of the site show."""
    found = CaughtMails(mail_file(composition.settings.var))
    found.prepare()
    return found


def test_mail_is_found_by_all_its_words_and_listed_newest_first(caught: CaughtMails) -> None:
    assert stat.S_IMODE(caught.file.stat().st_mode) == 0o600
    first = caught.add("a@ornek.invalid", mail(text="Sayın IŞIK ÜRETİM"), NOON)
    second = caught.add("b@ornek.invalid", mail("Süre", "<2@ofis.test>"), NOON + timedelta(1))
    again = caught.add("a@ornek.invalid", mail(text="Sayın IŞIK ÜRETİM"), NOON + timedelta(2))
    assert [one.id for one in caught.newest("", None, 9)] == [again, second, first]
    assert [one.id for one in caught.newest("", again, 1)] == [second]
    assert [one.id for one in caught.newest("ışık üretim", None, 9)] == [again, first]
    assert [one.id for one in caught.newest("KARTINIZ A@ORNEK", None, 9)] == [again, first]
    assert caught.newest("ışık süre", None, 9) == []
    [seen] = caught.newest("süre", None, 9)
    assert (seen.at, seen.to, seen.subject) == (NOON + timedelta(1), "b@ornek.invalid", "Süre")
    assert (seen.message_id, seen.times) == ("<2@ofis.test>", 1)
    assert [one.times for one in caught.newest("ışık", None, 9)] == [2, 1]
    assert caught.one(second) == (seen, mail("Süre", "<2@ofis.test>"))
    assert caught.one(99) is None


def test_only_the_newest_mail_stays(caught: CaughtMails) -> None:
    for n in range(200):
        caught.add("a@ornek.invalid", mail(name=f"<{n}@ofis.test>"), NOON)
    assert len(caught.newest("", None, 999)) == 150
    assert caught.one(50) is None
    assert caught.one(51) is not None


def test_where_no_server_has_run_there_is_no_mail(tmp_path: Path) -> None:
    nothing = CaughtMails(tmp_path / "post.sqlite")
    assert (nothing.newest("", None, 9), nothing.one(1)) == ([], None)
    assert not nothing.file.exists()


def test_a_message_is_read_however_it_is_made() -> None:
    made = EmailMessage()
    made["Subject"] = "Belge"
    made.set_content("Ekte.")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="kayıt.pdf")
    assert read_mail(made.as_bytes()) == ReadMail("Belge", "", "Ekte.\n", "", ("kayıt.pdf",))
    assert read_mail(mail()).html == "<p>Metin</p>\n"
    assert read_mail(b"") == ReadMail()
    for odd in (
        b"Subject: x\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xff",
        b"Content-Type: text/plain; charset=utf-8\r\nMessage-ID: <\r\n\r\nab",
    ):
        assert read_mail(odd).text


def test_the_pages_show_what_came_and_whose_it_is(
    world: World, visitor: Visitor, shown: CaughtMails
) -> None:
    person = world.person()
    with world.engine.database.begin() as connection:
        case = {"id": 7, "person_id": person}
        outbox.put(connection, case, "7/1/notice.held", NoticeLetter("held", "Konu", ""), NOON)
    [notice] = world.all(Notice)
    services = world.services
    name = message_id(services.vault, notice.id, notice.key, services.mail_domain)
    ours = shown.add("a@ornek.invalid", mail(name=name), NOON)
    shown.add("a@ornek.invalid", mail(name=name), NOON)
    forged = name.replace("<nes.", "<nes.0")
    shown.add("a@ornek.invalid", mail("Sahte", forged), NOON)
    foreign = shown.add("x@ornek.invalid", b"\r\n", NOON)
    page = visitor.get("/posta")
    assert page.text.count("AYŞE ÖRNEKOĞLU") == 2
    assert page.text.count("aynı ileti, 2. kez") == 1
    assert page.text.index("Sahte") < page.text.index("AYŞE ÖRNEKOĞLU")
    assert "Konusuz ileti" in visitor.get(f"/posta/{foreign}").text
    one = visitor.get(f"/posta/{ours}")
    assert one.heading == "Kartınız hazır"
    facts = one.all("dd")
    assert facts[1:] == ["AYŞE ÖRNEKOĞLU , a@ornek.invalid", name]
    assert one.all("pre") == ["Metin"]
    english = visitor.client.get(f"/dil/en?devam=/posta/{ours}", follow_redirects=True).text
    assert "Download the source (.eml)" in english


def test_a_search_names_nobody_in_an_address_and_goes_on(
    visitor: Visitor, shown: CaughtMails, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SHOWN", 2)
    assert "Henüz ileti gelmedi" in visitor.get("/posta").text
    for n in range(1, 6):
        shown.add("a@ornek.invalid", mail(f"{n}. ileti", f"<{n}@ofis.test>"), NOON)
    page = visitor.get("/posta")
    assert "/posta?sonra=4" in page.links.values()
    after = visitor.get("/posta?sonra=4")
    assert [f"{n}. ileti" in after.text for n in (1, 2, 3, 4)] == [False, True, True, False]
    assert "/posta" in after.links.values()
    found = visitor.post("/posta", ara="ileti")
    assert found.value("sonra") == "4"
    assert found.value("ara") == "ileti"
    last = visitor.post("/posta", ara="ileti", sonra="2")
    assert "1. ileti" in last.text
    assert "Sonraki kayıtlar" not in last.text
    assert "Bu sözcüklerin hepsi geçen ileti yok." in visitor.post("/posta", ara="yok").text
    for odd in ("x", "-1", "9" * 40):
        assert "5. ileti" in visitor.get(f"/posta?sonra={odd}").text


def test_the_html_of_a_message_can_do_nothing_and_its_source_is_what_came(
    visitor: Visitor, shown: CaughtMails
) -> None:
    evil = mail(text="<script>alert(1)</script>")
    number = shown.add("a@ornek.invalid", evil, NOON)
    assert "&lt;script&gt;" in visitor.client.get(f"/posta/{number}").text
    answer = visitor.client.get(f"/posta/{number}/html")
    assert answer.text == "<p><script>alert(1)</script></p>\n"
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {"sandbox", "default-src 'none'", "frame-ancestors 'none'"} < set(policy)
    assert not [part for part in policy if part.startswith("script-src")]
    raw = visitor.client.get(f"/posta/{number}/kaynak")
    assert (raw.mimetype, raw.data) == ("message/rfc822", evil)
    assert raw.headers["Content-Disposition"] == f'attachment; filename="posta-{number}.eml"'
    for path in ("", "/html", "/kaynak"):
        visitor.get(f"/posta/{number + 1}{path}", 404)
        visitor.get(f"/posta/{'9' * 30}{path}", 404)


def test_the_process_takes_what_the_office_hands_over_and_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings({**SECRETS, "NES_VAR": str(tmp_path)})
    with listen(0) as listening:
        port = listening.getsockname()[1]
        told = load_settings({**SECRETS, **mail_settings(port)})
        assert told.smtp_from == '"NES Ofisi (TEST)" <nes@ofis.invalid>'
        member = process.member(settings, listening)
        with started(
            member.command, env=dict(member.environment), stdin=subprocess.PIPE,
            pass_fds=[listening.fileno()],
        ) as running:  # fmt: skip
            server = MailServer("127.0.0.1", port, told.smtp_from, implicit_tls=False, here=True)
            message = OutgoingMessage(1, "<1@ofis.test>", "a@ornek.invalid", "Konu", "İyi günler\n")
            [said] = SmtpCarrier(server, lambda: NOON).hand_over([message])
            assert (said.outcome, said.words) == ("taken", "250 2.0.0 kept as 1")
            assert running_mail_settings(tmp_path) == mail_settings(port)
            assert _settings_of_a_command(tmp_path, monkeypatch).smtp_from == told.smtp_from
            named = {"NES_SMTP_SERVER": "smtp://127.0.0.1:9", "NES_SMTP_FROM": "x@ofis.invalid"}
            other = _settings_of_a_command(tmp_path, monkeypatch, **named)
            assert other.smtp_server == "smtp://127.0.0.1:9"
            assert running.stdin is not None
            running.stdin.close()  # its parent is gone
            assert running.wait(30) != 0
    assert running_mail_settings(tmp_path) == {}, "what it left names nobody"
    assert _settings_of_a_command(tmp_path, monkeypatch).smtp_server is None
    [kept] = CaughtMails(mail_file(tmp_path)).newest("iyi günler", None, 2)
    assert (kept.to, kept.subject, kept.message_id) == ("a@ornek.invalid", "Konu", "<1@ofis.test>")


def _settings_of_a_command(var: Path, monkeypatch: pytest.MonkeyPatch, **named: str) -> Settings:
    """Return what a command that was started by hand is set to in a demo's folder."""
    for key in KEYS:
        monkeypatch.delenv(key, raising=False)
    for key, value in {"NES_VAR": str(var), "NES_DEMO": "1", **named}.items():
        monkeypatch.setenv(key, value)
    return shared.settings()


@pytest.mark.parametrize("said", [b"220 baska.invalid ESMTP\r\n", b""])
def test_who_else_has_the_port_of_a_dead_server_is_not_taken_for_it(
    tmp_path: Path, said: bytes
) -> None:
    file = tmp_path / "port"
    for broken in ("", "x", "99999999"):
        file.write_text(broken)
        assert greeted_port(file, b"220 posta.invalid ") is None
    with listen(0) as listening:
        file.write_text(str(listening.getsockname()[1]))

        def greet() -> None:
            line, _ = listening.accept()
            with line:
                line.sendall(said)

        with ThreadPoolExecutor(1) as one:
            greeted = one.submit(greet)
            assert greeted_port(file, b"220 posta.invalid ") is None
            greeted.result()
