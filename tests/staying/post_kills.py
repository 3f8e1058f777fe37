"""Kills the worker that hands messages over, again and again, and counts what a server received.

    python -m tests.staying.post_kills --messages 5000 --kills 100 [--seed N] [--database URL]

Writes so many messages to so many people, and has them handed over by SMTP to a mail server in
another process. Each worker but the last is killed by SIGKILL: before it writes down what the
server took, right behind an answer of the server, or by its parent in the middle of anything.
Then each message must have come in, and no kill may have repeated more than the answers that are
written at once; what came twice bears one Message-ID. Prints a line of JSON; 1 where that fails.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import signal
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy import text

from handlers.people.register import NewPerson, enter_person
from handlers.post.carriers import carriers_of
from handlers.post.delivery import TOGETHER, deliver
from handlers.post.keyed import message_id
from states.kit.settings import load_settings
from states.people.tckn import check_digits
from tests.kit.post.mail_server import mail_server
from tests.kit.postgres import ensure_template, fresh_database, running_server
from tests.kit.until import until
from web.gate.composition import compose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from handlers.post.carrier import Carrier, HandedOver, OutgoingMessage
    from tests.kit.post.mail_server import RunningMailServer, TakenMail
    from web.gate.composition import Composition

PEOPLE = 50
MOST = 40
"""Messages after which a worker is killed at the latest."""

NOTING, ANSWERED, ANYWHERE = "before it is noted", "behind an answer", "anywhere"

_WRITE = text("""
INSERT INTO notice (key, case_id, person_id, template, subject, text, lane, created_at)
SELECT n || '/1/notice.held', n, (CAST(:people AS bigint[]))[1 + n % cardinality(:people)], 'held',
    'Kartınız hazır', 'Sayın okur,' || chr(10) || chr(10) || n || '. ileti.' || chr(10), n % 2, :now
FROM generate_series(1, :messages) n
""")

_LEFT = text("SELECT count(*) FROM notice WHERE state = 'written'")
_ALL = text("SELECT n.id, n.key, p.email FROM notice n JOIN person p ON p.id = n.person_id")
_NOTED = text("SELECT count(*), count(DISTINCT notice_id) FROM notice_try WHERE outcome = 'taken'")


@dataclass(slots=True)
class Leash:
    """A carrier that lets its worker live for so many messages."""

    carrier: Carrier
    left: int
    ends: bool
    """Whether it kills the worker then, or lets it wait for its parent to do so."""
    channel: str = "email"
    rate: int = 0

    def hand_over(self, messages: Iterable[OutgoingMessage]) -> Iterator[HandedOver]:
        """Hand messages over as the carrier does, as long as the worker lives."""
        for said in self.carrier.hand_over(messages):
            self.left -= 1
            if self.left <= 0:
                kill_ourselves() if self.ends else Event().wait()
            yield said


@dataclass(frozen=True, slots=True)
class KillsFound:
    """What has come of the messages, and what must be 0 in the fields behind ``repeats``."""

    messages: int
    kills: int
    seed: int
    seconds: float
    received: int
    repeats: int
    most_repeats_of_a_kill: int
    lost: int
    foreign: int
    to_somebody_else: int
    left: int
    noted_wrongly: int

    @property
    def holds(self) -> bool:
        """Say whether nothing is lost, wrong, left, or repeated more often than is promised."""
        wrong = self.lost, self.foreign, self.to_somebody_else, self.left, self.noted_wrongly
        return not any(wrong) and self.most_repeats_of_a_kill <= TOGETHER


@dataclass(slots=True)
class PostKills:
    """One run over an office and a mail server."""

    office: Composition
    server: RunningMailServer
    messages: int
    seed: int
    killed: int = 0

    def run(self, kills: int) -> KillsFound:
        """Write the messages, kill so many workers, let one end, and look."""
        chance, begun = random.Random(self.seed), monotonic()
        self._write()
        for n in range(kills):
            how = (NOTING, ANSWERED, ANYWHERE)[n % 3]
            self._kill(how, chance.randint(1, MOST))
        code = os.waitstatus_to_exitcode(os.waitpid(self._worker(None, 0), 0)[1])
        if code:
            raise RuntimeError(f"the last worker ended with {code}")
        return self._found(round(monotonic() - begun, 1))

    def _write(self) -> None:
        services, now = self.office.engine.services, self.office.clock.now()
        with self.office.database.begin() as connection:
            people = []
            for n in range(PEOPLE):
                nine = f"{960_000_000 + n}"
                new = NewPerson(
                    nine + check_digits(nine), "Okur", "Örnek", email=f"okur{n}@ornek.invalid"
                )
                people.append(enter_person(connection, services.vault, new, now))
            values = {"people": people, "messages": self.messages, "now": now}
            connection.execute(_WRITE, values)

    def _kill(self, how: str, after: int) -> None:
        before = self._received()
        worker = self._worker(how, after)
        if how == ANYWHERE:
            until(lambda: self._received() >= before + after, "messages to kill behind")
            os.kill(worker, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
        if code != -signal.SIGKILL:
            raise RuntimeError(f"a worker ended with {code}")
        self.killed += 1

    def _worker(self, how: str | None, after: int) -> int:
        """Begin a worker that hands over until nothing is left, or until it is killed."""
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            self._work(how, after)
            code = 0
        finally:
            os._exit(code)

    def _work(self, how: str | None, after: int) -> None:
        engine = self.office.engine
        self.office.database.dispose(close=False)  # its connections are those of our parent
        carriers = carriers_of(engine.services, engine.clock.now)
        if how == NOTING:
            engine.point = lambda name: kill_ourselves() if name == "before_noted" else None
        elif how is not None:
            spare = 0 if how == ANSWERED else MOST
            carriers = tuple(Leash(one, after + spare, how == ANSWERED) for one in carriers)
        while self._count(_LEFT):
            if not deliver(engine, carriers):
                Event().wait(0.01)  # PostgreSQL has not seen yet that the one before us is dead

    def _count(self, query: object) -> int:
        with self.office.database.connect() as connection:
            return int(connection.scalar(query) or 0)  # type: ignore[call-overload]  # a text

    def _received(self) -> int:
        file = self.server.folder / "taken"
        return file.read_bytes().count(b"\n") if file.exists() else 0

    def _found(self, seconds: float) -> KillsFound:
        services = self.office.engine.services
        with self.office.database.connect() as connection:
            wanted = {
                message_id(services.vault, row.id, row.key, services.mail_domain): row.email
                for row in connection.execute(_ALL)
            }
            tries, noted = connection.execute(_NOTED).one()
        taken = self.server.taken()
        times = Counter(one.message_id for one in taken)
        return KillsFound(
            messages=self.messages,
            kills=self.killed,
            seed=self.seed,
            seconds=seconds,
            received=len(taken),
            repeats=len(taken) - len(times),
            most_repeats_of_a_kill=max(repeats_of(taken).values(), default=0),
            lost=len(wanted.keys() - times.keys()),
            foreign=len(times.keys() - wanted.keys()),
            to_somebody_else=sum(_went_astray(one, wanted) for one in taken),
            left=self._count(_LEFT),
            noted_wrongly=abs(tries - self.messages) + abs(noted - self.messages),
        )


def repeats_of(taken: Iterable[TakenMail]) -> Counter[int]:
    """Count by connection those of its messages that came once more.

    A connection is one worker's, and what a worker leaves open by its last one is its kill's.
    """
    last: dict[str, int] = {}
    found: Counter[int] = Counter()
    for one in taken:
        if one.message_id in last:
            found[last[one.message_id]] += 1
        last[one.message_id] = one.connection
    return found


def _went_astray(one: TakenMail, wanted: dict[str, str]) -> bool:
    return one.to != [wanted.get(one.message_id)]


def kill_ourselves() -> None:
    """End this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Asked:
    """What the command was asked for."""

    messages: int
    kills: int
    seed: int
    database: str | None

    @cached_property
    def ends(self) -> ExitStack:
        """What is ended with the command."""
        return ExitStack()


def office_of(asked: Asked, folder: Path, port: int) -> Composition:
    """Return an office whose mail goes to a port, on the named database or a new one."""
    url = asked.database
    if url is None:
        server = asked.ends.enter_context(running_server(folder / "postgres"))
        ensure_template(server, folder)
        made = asked.ends.enter_context(fresh_database(server))
        url = made.url.render_as_string(hide_password=False)
    settings = load_settings(
        {
            "NES_DEMO": "1", "NES_VAR": str(folder / "var"), "NES_DATABASE_URL": url,
            "NES_SMTP_SERVER": f"smtp://127.0.0.1:{port}", "NES_SMTP_FROM": "nes@ofis.test",
        }
    )  # fmt: skip
    office = compose(settings)
    asked.ends.callback(office.database.dispose)
    return office


def main() -> int:
    """Run, print what was found, end everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=5_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--database", help="an empty database of the tests; a new one of our own")
    asked = Asked(**vars(parser.parse_args()))
    with (
        tempfile.TemporaryDirectory(prefix="nes-post-") as name,
        mail_server(Path(name) / "posta") as server,
        asked.ends,
    ):
        run = PostKills(
            office_of(asked, Path(name), server.port), server, asked.messages, asked.seed
        )
        found = run.run(asked.kills)
    sys.stdout.write(f"{json.dumps(asdict(found))}\n")
    return 0 if found.holds else 1


if __name__ == "__main__":
    sys.exit(main())
