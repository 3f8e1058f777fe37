"""The rows of the post: messages handed to a mail server beside bare smtplib on one connection."""

from __future__ import annotations

import smtplib
from contextlib import contextmanager
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from sqlalchemy import text

from handlers.kit.post.mail_server import MailServer
from handlers.post.carrier import OutgoingMessage
from handlers.post.delivery import deliver
from handlers.post.keyed import message_id
from handlers.post.mail import mail_bytes
from handlers.post.smtp import SmtpCarrier
from web.bench.kit.crowd import settings_for
from web.bench.kit.far import alone
from web.bench.kit.ground import run_as_owner
from web.bench.kit.table import ABOVE, BELOW, Figure
from web.gate.composition import compose
from web.terminal import post
from web.terminal.beside import listen
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import URL

    from web.gate.composition import Composition

MESSAGES = 3_000
ROUNDS = 3
SENDER = "NES Ofisi <nes@ofis.invalid>"
ADDRESS = "nes@ofis.invalid"

SUBJECT = "Kartınız kuryeye verildi"
TEXT = (
    "Sayın AYŞE ÖRNEKOĞLU,\n\nB000000012 numaralı başvurunuzun kartı kuryeye verildi."
    " Takip numarası: TEST0000000012.\nKart yalnız size teslim edilir; kimliğinizi yanınızda"
    " bulundurunuz.\n"
)

ADDRESSES = "UPDATE person SET email = 'kisi' || id || '@ornek.invalid'"

_WRITE = """
INSERT INTO notice (key, case_id, person_id, template, subject, text, lane, created_at)
SELECT n || '/' || %(round)s || '/notice.couriered', n, 1 + n %% %(people)s, 'couriered',
    %(subject)s, %(text)s, n %% 2, %(now)s
FROM generate_series(1, %(messages)s) n
"""

_LEFT = text("SELECT count(*) FROM notice WHERE state = 'written'")
_ALL = text("SELECT n.id, n.key, p.email FROM notice n JOIN person p ON p.id = n.person_id")


def rows(
    url: URL, many: Composition, people: int, folder: Path, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Yield messages a second and the memory that ours takes; both sides in turns, the best counts.

    The server is the one of the demo, in a process of its own, which keeps what it takes.
    Ours reads messages and addresses, makes each mail and writes what came of it; the bare side
    sends the same bytes, made before.
    """
    run_as_owner(url, (ADDRESSES, {}))
    ours, bare, peaks = [], [], []
    with catching(many) as port:
        for turn in range(ROUNDS):
            tell(f"handing over {MESSAGES:,} messages, {turn + 1}")
            write_messages(url, turn, people)
            seconds, peak = alone(partial(hand_over, url, folder, port, MESSAGES))
            peaks.append(peak)
            ours.append(MESSAGES / seconds)
            tell(f"smtplib alone, {turn + 1}")
            seconds, _ = alone(partial(send_bare, port, mails_of(many)))
            bare.append(MESSAGES / seconds)
    name = f"{MESSAGES:,} messages to a mail server, against smtplib on one connection"
    yield Figure(name, max(ours), max(bare), "1/s", 0.7, 0.9, ABOVE)
    yield Figure("peak memory of the postman", max(peaks), 1, "MB", 300, 150, BELOW)


@contextmanager
def catching(many: Composition) -> Iterator[int]:
    """Run the demo's mail server for as long as the block lasts; give its port."""
    with listen(0) as listening:
        server = post.member(many.settings, listening)
        server.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            server.tell()
            server.end()


def write_messages(url: URL, turn: int, people: int) -> None:
    """Write the messages of a round, one to each of the first people."""
    values: dict[str, object] = {
        "round": str(turn), "subject": SUBJECT, "text": TEXT, "messages": MESSAGES,
        "people": people, "now": SystemClock().now(),
    }  # fmt: skip
    run_as_owner(url, (_WRITE, values), ("VACUUM ANALYZE notice, notice_try, person", {}))


def hand_over(url: URL, folder: Path, port: int, messages: int) -> float:
    """Return the seconds in which an office hands over all that is written."""
    office = compose(settings_for(url, folder), application="nes bench")
    server = MailServer("127.0.0.1", port, SENDER, implicit_tls=False, here=True)
    carrier = SmtpCarrier(server, office.clock.now)
    begun, told = perf_counter(), 0
    while told < messages:
        told += deliver(office.engine, [carrier])
    seconds = perf_counter() - begun
    with office.database.connect() as connection:
        left = connection.scalar(_LEFT)
    office.database.dispose()
    if left or told != messages:
        message = f"{told} messages were handed over, {left} are left"
        raise RuntimeError(message)
    return seconds


def mails_of(office: Composition) -> list[tuple[str, bytes]]:
    """Return address and bytes of the messages of the last round, as ours has sent them."""
    services, now = office.engine.services, office.clock.now()
    query = text(f"{_ALL.text} ORDER BY n.id DESC LIMIT {MESSAGES}")
    with office.database.connect() as connection:
        found = connection.execute(query).all()
    made = []
    for row in found:
        name = message_id(services.vault, row.id, row.key, services.mail_domain)
        message = OutgoingMessage(row.id, name, row.email, SUBJECT, TEXT)
        made.append((row.email, mail_bytes(message, SENDER, row.email, now)))
    return made


def send_bare(port: int, mails: list[tuple[str, bytes]]) -> float:
    """Return the seconds in which the library sends mails on one connection."""
    begun = perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as line:
        for to, content in mails:
            line.sendmail(ADDRESS, [to], content)
    return perf_counter() - begun
