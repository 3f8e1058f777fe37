"""What keeps the past from being changed: triggers, owners, rights, and how they differ.

What is right is not written by hand. ``guard.txt`` is read out of a scratch database that the steps
have made (``python -m migrations.guard`` writes it), and ``migrations.check`` proves that it still
is what they make. One query over the catalogue reads the same of a living database.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from states.postgres.database import APP_ROLE, ensure_database, make_engine
from states.postgres.server import start_server

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import URL, Connection

FILE = Path(__file__).with_name("guard.txt")
"""What the newest step leaves: a thing, ``: ``, what the catalogue says of it; one on a line."""

STEPS = tuple(sorted(file.name[:4] for file in FILE.parent.glob("versions/[0-9]*.py")))
"""The numbers of all steps, oldest first, told without loading them."""

_PARTING = ": "


def differences(connection: Connection) -> tuple[str, ...]:
    """Return how the guard of a database differs from what the steps made, one sentence each.

    Of a database at another step than the newest only that is said when it is one of ours; of a
    step that is not known here nothing is, for a newer program has brought it there.
    """
    step = connection.scalar(text("SELECT min(version_num) FROM alembic_version"))
    if step is None or step in STEPS[:-1]:
        return (f"the database stands at step {step or 'none'}, this program at {STEPS[-1]}",)
    return compare(standing(connection), made()) if step == STEPS[-1] else ()


def compare(found: Mapping[str, str], wanted: Mapping[str, str]) -> tuple[str, ...]:
    """Return what differs between two readings, by the name of the thing."""
    return tuple(
        _sentence(thing, found.get(thing), wanted.get(thing))
        for thing in sorted(found.keys() | wanted.keys())
        if found.get(thing) != wanted.get(thing)
    )


def _sentence(thing: str, found: str | None, wanted: str | None) -> str:
    if found is None:
        return f"{thing} is gone, the steps made it: {wanted}"
    if wanted is None:
        return f"{thing} was not made by the steps: {found}"
    return f"{thing}: {found}, the steps made it: {wanted}"


def standing(connection: Connection) -> dict[str, str]:
    """Read the guard of a database out of its catalogue, in one query."""
    rows = connection.execute(text(_CATALOGUE), {"app": APP_ROLE})
    return {row.thing: row.says for row in rows}


@cache
def made() -> Mapping[str, str]:
    """Return what the newest step leaves, as the file says."""
    return parsed(FILE.read_text("utf-8"))


def parsed(lines: str) -> dict[str, str]:
    """Read the lines of the file."""
    parts = (line.partition(_PARTING) for line in lines.splitlines())
    return {thing: says for thing, _, says in parts}


def written(found: Mapping[str, str]) -> str:
    """Return the lines of the file."""
    return "".join(f"{thing}{_PARTING}{found[thing]}\n" for thing in sorted(found))


def faults(url: URL) -> list[str]:
    """Say whether the file is what the steps have made of a database at the newest one."""
    engine = make_engine(url, owner=True, application="nes db")
    try:
        with engine.connect() as connection:
            differing = compare(made(), standing(connection))
    finally:
        engine.dispose()
    again = "; write it anew with `python -m migrations.guard`"
    return [f"{FILE.name} differs: {sentence}{again}" for sentence in differing]


def main() -> int:
    """Write the file from a scratch database; 0."""
    from migrations.run import upgrade  # noqa: PLC0415 - a site that looks at its guard moves none

    with tempfile.TemporaryDirectory(prefix="nes-guard-") as folder:
        server = start_server(Path(folder) / "postgres")
        try:
            name = f"guard_{secrets.token_hex(4)}"
            ensure_database(server.url("postgres"), name)
            upgrade(server.url(name))
            engine = make_engine(server.url(name), owner=True, application="nes db")
            with engine.connect() as connection:
                FILE.write_text(written(standing(connection)), "utf-8")
            engine.dispose()
        finally:
            server.close()
    return 0


# Whoever owns the table of the steps is the owner, whatever the name is here. Nobody else than the
# owner and our role may write; that some role of the house's may read is its own matter. The
# objects of the queue are the library's: of them only owner and rights are looked at.
_CATALOGUE = r"""
WITH keeper AS (SELECT relowner AS owner FROM pg_class
    WHERE oid = to_regclass('public.alembic_version')),
relations AS (SELECT c.* FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace),
tables AS (SELECT * FROM relations WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')),
acls AS (
    SELECT 'table ' || relname AS thing, relowner AS owner, relacl AS acl FROM tables
    UNION ALL
    SELECT 'column ' || t.relname || '.' || a.attname, t.relowner, a.attacl
    FROM pg_attribute a JOIN tables t ON t.oid = a.attrelid WHERE a.attacl IS NOT NULL
    UNION ALL
    SELECT 'schema public', nspowner, nspacl FROM pg_namespace WHERE nspname = 'public'
),
rights AS (
    SELECT a.thing, coalesce(r.rolname, 'everybody') AS holder, p.privilege_type AS may
    FROM acls a CROSS JOIN LATERAL aclexplode(a.acl) p LEFT JOIN pg_roles r ON r.oid = p.grantee
    WHERE p.grantee <> a.owner AND CASE
        WHEN r.rolname = :app THEN true
        WHEN a.thing = 'schema public' THEN p.privilege_type = 'CREATE'
            AND r.rolname IS DISTINCT FROM 'pg_database_owner'
            AND p.grantee <> (SELECT owner FROM keeper)
        WHEN p.grantee = 0 THEN true
        ELSE p.privilege_type NOT IN ('SELECT', 'USAGE', 'MAINTAIN') END
),
owned AS (
    SELECT 'table ' || relname AS thing, relowner AS owner,
        CASE relpersistence WHEN 'p' THEN '' ELSE ', not kept in a crash' END
        || CASE WHEN relrowsecurity THEN ', by rows' ELSE '' END AS more
    FROM tables WHERE relname NOT LIKE 'procrastinate\_%'
        OR relowner <> (SELECT owner FROM keeper) OR relpersistence <> 'p'
    UNION ALL
    SELECT 'function ' || proname, proowner, CASE WHEN prosecdef THEN ', as its owner' ELSE '' END
        || CASE WHEN proname LIKE 'procrastinate\_%' THEN ''
            ELSE ', ' || encode(sha256(convert_to(prosrc, 'UTF8')), 'hex') END
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND NOT (proname LIKE 'procrastinate\_%' AND NOT prosecdef
            AND proowner = (SELECT owner FROM keeper))
)
SELECT thing, CASE WHEN r.rolname = :app THEN 'of ' || :app
    WHEN o.owner = (SELECT owner FROM keeper) THEN 'of the owner'
    ELSE 'of ' || r.rolname END || more AS says
FROM owned o JOIN pg_roles r ON r.oid = o.owner
UNION ALL
SELECT 'rights of ' || holder || ' on ' || thing, string_agg(may, ', ' ORDER BY may)
FROM rights GROUP BY holder, thing
UNION ALL
SELECT 'trigger ' || t.tgname || ' on ' || c.relname, CASE t.tgenabled
        WHEN 'A' THEN 'always' WHEN 'O' THEN 'but in replication'
        WHEN 'R' THEN 'in replication only' ELSE 'never' END
    || ', ' || p.proname || ', ' || t.tgtype || CASE WHEN t.tgqual IS NULL THEN '' ELSE ', if' END
    || CASE WHEN cardinality(t.tgattr::int2[]) = 0 THEN '' ELSE ', of some columns' END
FROM pg_trigger t JOIN relations c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgname NOT LIKE 'procrastinate\_%'
UNION ALL
SELECT 'keys of ' || c.relname, string_agg(DISTINCT 'not looked at', '')
FROM pg_trigger t JOIN relations c ON c.oid = t.tgrelid
WHERE t.tgisinternal AND t.tgenabled <> 'O' GROUP BY c.relname
UNION ALL
SELECT 'constraint ' || k.conname || ' on ' || c.relname,
    CASE WHEN k.convalidated THEN 'whole' ELSE 'not of old rows' END
FROM pg_constraint k JOIN relations c ON c.oid = k.conrelid
WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND c.relname NOT LIKE 'procrastinate\_%'
UNION ALL
SELECT 'unique index ' || c.relname, CASE WHEN i.indisvalid THEN 'whole' ELSE 'broken' END
FROM pg_index i JOIN relations c ON c.oid = i.indexrelid
WHERE i.indisunique AND c.relname NOT LIKE 'procrastinate\_%'
UNION ALL
SELECT 'rule ' || w.rulename || ' on ' || c.relname, 'rewrites'
FROM pg_rewrite w JOIN relations c ON c.oid = w.ev_class WHERE w.rulename <> '_RETURN'
UNION ALL
SELECT 'event trigger ' || evtname, 'on ' || evtevent FROM pg_event_trigger
UNION ALL
SELECT 'role ' || rolname, 'may what it is granted'
    || CASE WHEN rolsuper THEN ', everything' ELSE '' END
    || CASE WHEN rolcreaterole THEN ', make roles' ELSE '' END
    || CASE WHEN rolcreatedb THEN ', make databases' ELSE '' END
    || CASE WHEN rolreplication THEN ', replicate' ELSE '' END
    || CASE WHEN rolbypassrls THEN ', pass by rows' ELSE '' END
    || coalesce((SELECT string_agg(', what ' || m.roleid::regrole || ' may', '' ORDER BY m.roleid)
        FROM pg_auth_members m WHERE m.member = r.oid), '')
FROM pg_roles r WHERE rolname = :app
UNION ALL
SELECT 'setting ' || split_part(s.given, '=', 1) || ' of '
        || coalesce(r.rolname, 'everybody'), 'set for connections to come'
FROM pg_db_role_setting d CROSS JOIN LATERAL unnest(d.setconfig) s(given)
LEFT JOIN pg_roles r ON r.oid = d.setrole
WHERE d.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    AND (split_part(s.given, '=', 1) = 'session_replication_role' OR s.given LIKE 'search\_path=%'
        AND s.given NOT IN ('search_path=public', 'search_path="$user", public'))
UNION ALL
SELECT 'schema ' || nspname, 'comes before public' FROM pg_namespace WHERE nspname = :app
"""


if __name__ == "__main__":  # pragma: no cover - the door of `python -m`
    sys.exit(main())
