"""An office filled with a crowd: people, applications and their journals, as after years."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from handlers.kit.services import vault_of
from handlers.people.register import enter_user
from handlers.upkeep import figures
from migrations.run import upgrade
from states.kit.settings import load_settings
from states.kit.text import sort_key
from states.people.tckn import masked
from states.postgres.scratch import scratch_database
from web.bench.kit.ground import run_as_owner
from web.bench.kit.ways import MOMENT, PERSON, SPREAD, WAYS, WHOLE, steps
from web.demo.wave.copying import copy_as_owner
from web.demo.wave.invented import GIVEN, SURNAMES, name_of, tckn_of
from web.gate.composition import compose
from workflow.model.clock import day_in_istanbul
from workflow.model.entry import EntryContent, utc_text
from workflow.model.machine import NEW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import URL

    from states.kit.settings import Settings
    from states.kit.vault import Vault
    from web.bench.kit.ways import WayStep
    from web.gate.composition import Composition

ACCOUNTS = (("Filiz Görevli", "officer"), ("Okan Üretim", "operator"), ("Deniz Denetçi", "auditor"))
"""Name and role of the accounts, with the ids 1, 2 and 3."""

SPAN = timedelta(days=3 * 365)
"""How far back the oldest case began."""

_TABLES = """
CREATE TABLE crowd_way (way int, below int, length int, kind text, method text, state text);

CREATE TABLE crowd_step (way int, n int, trigger text, actor text, state text, body text);

CREATE TABLE crowd_plan (id bigint, way int, began timestamptz);
"""

_PEOPLE = (
    "person (id, given_name, surname, sort_key, tckn_sealed, tckn_hash, tckn_masked, created_at)"
)

_TIED = """
INSERT INTO person (id, given_name, surname, sort_key, tckn_sealed, tckn_hash, tckn_masked,
    created_at)
SELECT %(cases)s + id, 'GÖREVLİ', 'TEST', sort_key, '', sha256(name::bytea), '990******00', %(now)s
FROM office_user;

UPDATE office_user SET person_id = %(cases)s + id
"""
"""The people behind the accounts, who apply for nothing."""

_PLAN = """
INSERT INTO crowd_plan SELECT i, (SELECT min(w.way) FROM crowd_way w
        WHERE w.below > mod(i::bigint * %(spread)s, %(whole)s)),
    date_trunc('second', %(now)s::timestamptz - interval '1 day'
        - %(span)s::interval * (i::float8 / %(cases)s))
FROM generate_series(1, %(cases)s) i;

ANALYZE crowd_plan;

INSERT INTO institution (id, code, name, sort_key, parent_id, path)
SELECT i, 'T' || i, 'TEST Okulu ' || i, 'T' || lpad(i::text, 5, '0'), NULL, '/T' || i || '/'
FROM generate_series(1, 1000) i
"""

# Entry n of every case, chained to entry n - 1; two moves of a case lie an hour apart.
_STEP = """
INSERT INTO journal (case_id, n, workflow, trigger, actor, batch, at, body, prev, hash)
SELECT id, n, 'application', trigger, actor, NULL, at, body, prev,
    sha256(prev || convert_to(body, 'UTF8'))
FROM (
    SELECT p.id, s.n, s.trigger, replace(s.actor, %(person)s, p.id::text) AS actor, m.at,
        replace(replace(s.body, %(person)s, p.id::text), %(moment)s,
            to_char(m.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".000000Z"')) AS body,
        coalesce(j.hash, decode(repeat('00', 32), 'hex')) AS prev
    FROM crowd_plan p JOIN crowd_step s ON s.way = p.way AND s.n = %(n)s
        LEFT JOIN journal j ON j.case_id = p.id AND j.n = %(n)s - 1,
        LATERAL (SELECT p.began + s.n * interval '1 hour' AS at) m
    ORDER BY p.id
) entry
"""

_CASES = """
INSERT INTO journal (case_id, n, workflow, trigger, actor, batch, at, body, prev, hash)
SELECT %(cases)s + p.id, 1, 'certificate', 'record', 'user:1', NULL, %(now)s, body, prev,
    sha256(prev || convert_to(body, 'UTF8'))
FROM crowd_plan p JOIN crowd_way w USING (way), LATERAL (
    SELECT replace(%(recorded)s, %(person)s, (%(cases)s + p.id)::text) AS body,
        decode(repeat('00', 32), 'hex') AS prev) entry
WHERE kind = 'renewal' AND w.state = ANY(%(open)s);

INSERT INTO certificate (id, person_id, serial, issuer, not_before, not_after, seen, ends_on,
    definition, state, version, head, entered_at, created_at)
SELECT %(cases)s + id, id, 'a' || lpad(to_hex(id), 16, '0'), 'CN=TEST', %(now)s, %(now)s, 'made',
    %(today)s::date + 20 + mod(id, 90)::int, %(certificate)s, 'active', 1, j.hash, %(now)s, %(now)s
FROM crowd_plan JOIN journal j ON j.case_id = %(cases)s + id;

INSERT INTO application (id, kind, method, person_id, institution_id, old_certificate_id,
    production_opens_on, delivery_address, tracking_number, assignee_id,
    definition, state, version, head, due_at, entered_at, created_at, old_ends_on,
    applicant_key, assigned_version)
SELECT p.id, w.kind, w.method, p.id, 1 + mod(p.id, 1000), o.id,
    %(today)s::date + mod(p.id, 90)::int, 'TEST Sokak 1, Ankara',
    CASE WHEN w.state IN ('couriered', 'delivered')
        THEN 'TEST' || lpad(p.id::text, 10, '0') END,
    CASE WHEN w.state = ANY(%(open)s) AND mod(p.id, 40) = 0 THEN 1 END,
    %(application)s, w.state, w.length, j.hash,
    CASE WHEN w.state = ANY(%(open)s) THEN %(now)s + mod(p.id, 60) * interval '1 day' END,
    j.at, p.began, o.ends_on, q.sort_key, w.length
FROM crowd_plan p JOIN crowd_way w USING (way) JOIN person q ON q.id = p.id
    JOIN journal j ON j.case_id = p.id AND j.n = w.length
    LEFT JOIN certificate o ON o.id = %(cases)s + p.id
ORDER BY p.id;

SELECT setval('case_id', 3 * %(cases)s);

DROP TABLE crowd_plan, crowd_step, crowd_way
"""


@contextmanager
def crowded(server: URL, cases: int, folder: Path) -> Iterator[Composition]:
    """Give the product composed over a scratch database with so many cases; drop it afterwards.

    ``folder`` is where this office keeps its files.
    """
    with scratch_database(server, "nes_crowd") as url:
        upgrade(url)
        settings = settings_for(url, folder)
        composition = compose(settings, application="nes bench")
        try:
            _fill(composition, url, cases)
            figures.count(composition.engine)
            yield composition
        finally:
            composition.database.dispose()


def settings_for(url: URL, folder: Path) -> Settings:
    """Return the settings of a demonstration on a database of its own."""
    return load_settings({**os.environ, **environment(url, folder)})


def environment(url: URL, folder: Path) -> dict[str, str]:
    """Return what a process must be told to work on this database."""
    return {
        "NES_DEMO": "1",
        "NES_VAR": str(folder),
        "NES_DATABASE_URL": url.render_as_string(hide_password=False),
    }


def _fill(composition: Composition, url: URL, cases: int) -> None:
    now = composition.clock.now()
    with composition.database.begin() as connection:
        for name, role in ACCOUNTS:
            enter_user(connection, name, [role], now, subject=f"bench:{role}")
    definition = composition.library.workflow("application")
    run_as_owner(url, *((part, {}) for part in _parts(_TABLES)))
    copy_as_owner(url, _PEOPLE, _people(vault_of(composition.settings), cases, now))
    run_as_owner(url, *((part, {"cases": cases, "now": now}) for part in _parts(_TIED)))
    found = list(steps(definition))
    copy_as_owner(
        url, "crowd_step", ((s.way, s.n, s.trigger, s.actor, s.state, s.body) for s in found)
    )
    copy_as_owner(url, "crowd_way", _ways(found))
    values: dict[str, object] = {
        "cases": cases,
        "now": now,
        "whole": WHOLE,
        "spread": SPREAD,
        "span": SPAN,
    }
    run_as_owner(url, *((part, values) for part in _parts(_PLAN)))
    stand_ins = {"person": PERSON, "moment": utc_text(MOMENT)}
    longest = max(len(way.triggers) for way in WAYS)
    run_as_owner(url, *((_STEP, {**stand_ins, "n": n}) for n in range(1, longest + 1)))
    values |= {"person": PERSON, "today": day_in_istanbul(now), **_named(composition, now)}
    run_as_owner(url, *((part, values) for part in _parts(_CASES)))
    run_as_owner(url, ("VACUUM ANALYZE", {}), ("CHECKPOINT", {}))


def _parts(script: str) -> list[str]:
    return [part.strip() for part in script.split(";\n\n")]


def _named(composition: Composition, now: datetime) -> dict[str, object]:
    """Return the definitions that the cases are pinned to, and a certificate's first entry."""
    definition = composition.library.workflow("application")
    certificate = composition.library.workflow("certificate")
    entry = EntryContent(
        workflow="certificate",
        definition=certificate.sha256,
        trigger="record",
        target="active",
        actor="user:1",
        role="officer",
        auth="demo",
        at=now,
        rules=dict.fromkeys(certificate.transitions["record"].rules, "allow"),
    )
    return {
        "application": definition.sha256,
        "certificate": certificate.sha256,
        "open": [name for name, state in definition.states.items() if not state.final],
        "recorded": entry.body(int(PERSON), NEW, 1),
    }


def _people(vault: Vault, cases: int, now: datetime) -> Iterator[tuple[object, ...]]:
    keys = {
        (surname, given): sort_key(f"{surname} {given}") for surname in SURNAMES for given in GIVEN
    }
    for number in range(1, cases + 1):
        given, surname = name_of(number)
        tckn = tckn_of(number)
        found = vault.lookup(tckn, "tckn")
        yield number, given, surname, keys[surname, given], b"", found, masked(tckn), now


def tracking_number_of(number: int) -> str:
    """Return the tracking number of a case that was handed to the courier."""
    return f"TEST{number:010}"


def gone(number: int, last: str) -> int:
    """Return a case whose last move this was, among the thousand in which a number lies."""
    shares = accumulate((way.share for way in WAYS), initial=0)
    span = next(
        range(begin, begin + way.share)
        for way, begin in zip(WAYS, shares, strict=False)
        if way.triggers[-1] == last
    )
    first = (number - 1) // WHOLE * WHOLE + 1
    near = (first + (number + step) % WHOLE for step in range(WHOLE))
    return next(candidate for candidate in near if candidate * SPREAD % WHOLE in span)


def _ways(found: list[WayStep]) -> Iterator[tuple[object, ...]]:
    below = 0
    for number, way in enumerate(WAYS):
        below += way.share
        last = next(s for s in found if (s.way, s.n) == (number, len(way.triggers)))
        yield number, below, last.n, way.kind, way.method, last.state
