"""Tests of the address of the database: every form that libpq takes is read or refused by name."""

from __future__ import annotations

import psycopg
import pytest

from states.kit.address import each_host, hosts_of, read_address
from states.kit.settings import load_settings
from states.postgres.database import conninfo
from tests.kit.states.given import SECRETS, refusal

TWO = "localhost,localhost hostaddr=127.0.0.1,::1"
BOTH = "host=127.0.0.1,localhost port=5433,5434 user=u dbname=d target_session_attrs=read-write"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("postgresql://u@127.0.0.1:5433,localhost:5434/d", BOTH),
        ("postgres://u@/d?host=127.0.0.1,localhost&port=5433,5434", BOTH),
        ("postgresql+psycopg://u@/d?host=127.0.0.1&host=localhost&port=5433&port=5434", BOTH),
        ("postgresql://u@/d?host=127.0.0.1:5433&host=localhost:5434", BOTH),
        ("host=127.0.0.1,localhost port=5433,5434 user=u dbname=d", BOTH),
        ("postgresql://u@127.0.0.1,localhost:5434/d", BOTH.replace("5433", "5432")),
        (f"{'postgresql://u@127.0.0.1:5433,localhost:5434/d'}?target_session_attrs=primary",
         BOTH.replace("read-write", "primary")),
        ("postgresql://u@/d?host=127.0.0.1,localhost&port=5433", BOTH.replace("5434", "5433")),
        ("postgresql://127.0.0.1,localhost",
         "host=127.0.0.1,localhost target_session_attrs=read-write"),
        ("postgresql://u@[::1]:5433,[::1]:5434/d",
         "host=::1,::1 port=5433,5434 user=u dbname=d target_session_attrs=read-write"),
        ("postgresql://u@%2Frun%2Fa,%2Frun%2Fb/d",
         "host=/run/a,/run/b user=u dbname=d target_session_attrs=read-write"),
        ("postgresql://u@/d?host=/run/a,/run/b&port=1,2",
         "host=/run/a,/run/b port=1,2 user=u dbname=d target_session_attrs=read-write"),
        (
            "postgresql://u@localhost,localhost/d?hostaddr=127.0.0.1,::1",
            "host=a,b user=u dbname=d target_session_attrs=read-write".replace("a,b", TWO),
        ),
        ("postgresql://u@[::1]:5433/d", "host=::1 port=5433 user=u dbname=d"),
        ("postgresql://u@/d?host=/run/a", "host=/run/a user=u dbname=d"),
        ("postgresql://u@/d?host=@abstract", "host=@abstract user=u dbname=d"),
        ("postgresql://u:p%40%2B+w@localhost/d?target_session_attrs=any",
         "host=localhost user=u password=p@++w dbname=d"),
        ("postgresql:///", ""),
    ],
)  # fmt: skip
def test_each_form_of_libpq_is_read_as_libpq_reads_it(text: str, wanted: str) -> None:
    url = load_settings({**SECRETS, "NES_DATABASE_URL": text}).database_url
    assert url is not None
    read = psycopg.conninfo.conninfo_to_dict
    assert read(conninfo(url)) == read(wanted)
    assert read_address(url.render_as_string(hide_password=False)) == url


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("postgresql://u@a,b:1,c/d?port=1,2", "3 hosts have 2 ports; give one for all"),
        ("postgresql://u@a,b/d?hostaddr=127.0.0.1", "2 hosts have 1 addresses; give each its own"),
        ("postgresql://u@a:70000/d", "'70000' is no port"),
        ("postgresql://u@a:x,b/d", "'x' is no port"),
        ("postgresql://u@/d?host=a:1&host=b&port=2", "ports stand both with the hosts and alone"),
        ("postgresql://u@a/d?sslmode=require&sslmode=verify-full", "sslmode is named twice"),
        ("postgresql://u@a/d?service=x", "service is not read"),
        ("service=x", "service is not read"),
        ("postgresql://u@a,b/d?target_session_attrs=standby", "=standby must be read-write"),
        ("postgresql://u@a,b/d?target_session_attrs=any", "=any must be read-write"),
        ("postgresql://u@a/d?pool_size=3", "libpq knows no pool_size"),
        ("host=a pool_size=3", "libpq knows no pool_size"),
        ("postgresql://u:gi%zzli@a/d", "other signs in a password as %XX"),
        ("postgresql://u@[::1/d", "write it as postgresql://"),
        ("gizli", "write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE"),
        ("mysql://a,b/d", "only PostgreSQL is supported, not mysql"),
        ("postgresql://u@localhost,db.example/d", "without checked TLS"),
        ("postgresql://u@/d?host=/run/a,db.example&sslmode=require", "without checked TLS"),
        ("postgresql://u@localhost,localhost/d?hostaddr=127.0.0.1,10.0.0.7", "without checked TLS"),
    ],
)
def test_what_libpq_or_the_product_would_trip_over_is_one_sentence(text: str, said: str) -> None:
    error = refusal({**SECRETS, "NES_DATABASE_URL": text})
    assert error.params == {"setting": "NES_DATABASE_URL"}
    assert said in str(error)
    assert "gi%zz" not in str(error)
    assert "\n" not in str(error)


def test_several_machines_are_asked_over_tls_each() -> None:
    text = "postgresql://u@a.example,b.example/d?sslmode=verify-full"
    url = load_settings({**SECRETS, "NES_DATABASE_URL": text}).database_url
    assert url is not None
    assert hosts_of(url) == ["a.example", "b.example"]
    assert [hosts_of(one) for one in each_host(url)] == [["a.example"], ["b.example"]]
    assert [one.query["target_session_attrs"] for one in each_host(url)] == ["read-write"] * 2
    alone = read_address("postgresql://u@localhost/d")
    assert each_host(alone) == [alone]


@pytest.mark.parametrize(
    ("key", "text", "refused"),
    [
        ("PGHOSTADDR", "postgresql://u@localhost/d", True),
        ("PGSERVICE", "postgresql://u@localhost/d", True),
        ("PGHOST", "postgresql:///d", True),
        ("PGHOST", "postgresql://u@localhost/d", False),
        ("PGPASSFILE", "postgresql:///d", False),
    ],
)
def test_the_environment_of_libpq_leads_nowhere_else(key: str, text: str, refused: bool) -> None:  # noqa: FBT001 - a table
    env = {**SECRETS, "NES_DATABASE_URL": text, key: "db.example"}
    if not refused:
        assert load_settings(env).database_url == read_address(text)
        return
    assert str(refusal(env)).startswith(f"{key} would lead past NES_DATABASE_URL.")
