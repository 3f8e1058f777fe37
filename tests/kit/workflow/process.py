"""The small process that the engine's tests run on the real tables, and the hands for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import text

from tests.kit.postgres import Database
from workflow.engine import engine as engines
from workflow.engine.library import Library, publish
from workflow.loading.loader import load
from workflow.model import context as contexts
from workflow.model.actor import Actor, system
from workflow.model.registry import Handler, Registry
from workflow.model.verdict import ALLOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy import Connection, Engine

    from workflow.model.clock import Clock
    from workflow.model.context import EffectOutcome
    from workflow.model.definition import Definition

PROCESS = Path(__file__).with_name("process.yaml").read_text(encoding="utf-8")
"""Each hooked move that ends in ``_heard`` is the twin of a pure one."""

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
SYSTEM = system("test")
AYSE = Actor("user:1", frozenset({"officer"}), "demo", 900_001)
MEHMET = Actor("user:2", frozenset({"officer"}), "oidc", 900_002)


def _allow(_: Context) -> object:
    return ALLOW


def _nothing(_: Context) -> None:
    return None


def _no_outcome(_: EffectContext) -> EffectOutcome | None:
    return None


@dataclass
class Desk:
    """The services of the test office: what its handlers do, to be replaced by a test."""

    check: Callable[[Context], object] = _allow
    act: Callable[[Context], None] = _nothing
    post: Callable[[EffectContext], EffectOutcome | None] = _no_outcome
    told: list[str] = field(default_factory=list)


Context: TypeAlias = contexts.Context[Desk]
EffectContext: TypeAlias = contexts.EffectContext[Desk]
CaseEngine: TypeAlias = engines.CaseEngine[Desk]
AnyEngine: TypeAlias = engines.CaseEngine[object]


def _tell(context: EffectContext) -> None:
    context.services.told.append(context.key)


def registry(process: str = PROCESS) -> Registry:
    """Return the handlers of the test process; what they do is the desk's matter."""
    mail = [Handler("mail.tell", "effects", _tell)] if "mail.tell" in process else []
    return Registry(
        [
            *mail,
            Handler("desk.allowed", "check", lambda context: context.services.check(context)),
            Handler("desk.act", "do", lambda context: context.services.act(context)),
            Handler("desk.tell", "effects", _tell),
            Handler("desk.post", "effects", lambda c: c.services.post(c), ("arrive", "bounce")),
        ]
    )


@cache
def definitions(process: str = PROCESS) -> Mapping[str, Definition]:
    """Return the workflows of a process text."""
    return load(process, registry(process))


def engine(
    database: Database | Engine, clock: Clock, process: str = PROCESS, desk: Desk | None = None
) -> CaseEngine:
    """Return an engine over a database that runs a process text, published."""
    engine = database.app if isinstance(database, Database) else database
    found = definitions(process)
    publish(engine, found, clock.now())
    with engine.begin() as connection:
        connection.execute(text(_HUMANS))
    return CaseEngine(engine, Library(engine, found, registry(process)), clock, desk or Desk())


_HUMANS = (
    "INSERT INTO person (id, given_name, surname, sort_key, tckn_sealed, tckn_hash, tckn_masked,"
    " created_at) SELECT id, 'Görevli', 'Kişi', 'görevli', '', sha256(id::text::bytea),"
    " '100******46', now() FROM unnest(ARRAY[900001, 900002]) id ON CONFLICT DO NOTHING"
)
"""Whom the accounts of AYSE and MEHMET belong to."""


def desk_of(house: CaseEngine) -> Desk:
    """Return the desk of a test office."""
    return house.services


def people(house: AnyEngine, count: int = 1) -> list[int]:
    """Enter persons by SQL and return their ids."""
    rows = query(
        house,
        "INSERT INTO person (given_name, surname, sort_key, tckn_sealed, tckn_hash,"
        " tckn_masked, created_at) SELECT 'Deneme', 'Kişi', 'deneme', '',"
        " sha256(gen_random_uuid()::text::bytea), '100******46', now()"
        " FROM generate_series(1, :count) RETURNING id",
        count=count,
    )
    return [row["id"] for row in rows]


def account(house: AnyEngine, number: int, person_id: int, *, active: bool = True) -> None:
    """Enter an account that belongs to a human."""
    query(
        house,
        "INSERT INTO office_user (id, name, sort_key, roles, person_id, active, created_at) VALUES"
        " (:id, 'Görevli', 'görevli', ARRAY['officer'], :person, :active, now())",
        id=number, person=person_id, active=active,
    )  # fmt: skip


def applicant(person_id: int) -> Actor:
    """Return a person acting for himself."""
    return Actor(f"person:{person_id}", frozenset({"applicant"}), "code", person_id)


def matter(house: AnyEngine, person_id: int | None = None, **values: object) -> int:
    """Open a draft, due in 30 days, for a person who is new unless given."""
    subject = people(house)[0] if person_id is None else person_id
    row = {"person_id": subject, "kind": "renewal", "production_opens_on": TODAY, **values}
    return house.open("matter", "file", SYSTEM, row)


def filed(house: AnyEngine, person_id: int | None = None, **values: object) -> int:
    """Open a matter and submit it."""
    case_id = matter(house, person_id, **values)
    house.fire(case_id, "submit", applicant(case(house, case_id)["person_id"]))
    return case_id


def permit(house: AnyEngine, person_id: int) -> int:
    """Open a permit for a person, which the approval of a matter asks for."""
    return house.open("permit", "ask", SYSTEM, {"person_id": person_id})


def approvable(house: AnyEngine, **values: object) -> int:
    """Open a filed matter whose person has a permit."""
    person_id = people(house)[0]
    permit(house, person_id)
    return filed(house, person_id, **values)


def case(house: AnyEngine, case_id: int, table: str = "application") -> dict[str, Any]:
    """Return a case row."""
    return query(house, f"SELECT * FROM {table} WHERE id = :id", id=case_id)[0]


def standing(house: AnyEngine, case_id: int) -> tuple[str, int]:
    """Return state and version of a matter."""
    row = case(house, case_id)
    return row["state"], row["version"]


def entries(house: AnyEngine, case_id: int) -> list[dict[str, Any]]:
    """Return the journal entries of a case in order."""
    return query(house, "SELECT * FROM journal WHERE case_id = :id ORDER BY n", id=case_id)


def refused(house: AnyEngine) -> list[dict[str, Any]]:
    """Return every refused attempt in order."""
    return query(house, "SELECT * FROM refused_attempt ORDER BY id")


def waits(house: AnyEngine) -> list[dict[str, Any]]:
    """Return what the timers of cases wait for, by case."""
    return query(house, "SELECT * FROM timer_wait ORDER BY case_id")


def jobs(house: AnyEngine) -> list[dict[str, Any]]:
    """Return every job of the queue in order."""
    return query(house, "SELECT * FROM procrastinate_jobs ORDER BY id")


def everything(house: AnyEngine) -> list[list[dict[str, Any]]]:
    """Return all that a move could have written, to see that nothing was."""
    tables = ("application", "consent", "journal", "procrastinate_jobs", "sweep_run")
    return [query(house, f"SELECT * FROM {table} t ORDER BY t::text") for table in tables]


def query(house: AnyEngine | Engine, sql: str, **values: object) -> list[dict[str, Any]]:
    """Run SQL as the office's role and return the rows."""
    engine = house.database if isinstance(house, engines.CaseEngine) else house
    with engine.begin() as connection:
        found = connection.execute(text(sql), values)
        return [dict(row) for row in found.mappings()] if found.returns_rows else []


def tamper(database: Database, *statements: str) -> None:
    """Run SQL as an owner who has taken the append-only trigger away."""
    with database.owner.begin() as connection:
        _as_superuser(connection, statements)


def _as_superuser(connection: Connection, statements: Iterable[str]) -> None:
    connection.execute(text("ALTER TABLE journal DISABLE TRIGGER append_only"))
    connection.execute(text("ALTER TABLE definition DISABLE TRIGGER append_only"))
    for statement in statements:
        connection.execute(text(statement))
    connection.execute(text("ALTER TABLE journal ENABLE ALWAYS TRIGGER append_only"))
    connection.execute(text("ALTER TABLE definition ENABLE ALWAYS TRIGGER append_only"))
