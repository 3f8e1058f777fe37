"""The proof that Python and PostgreSQL read every rule and timer alike, NULLs included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from tests.kit.workflow.dummies import SHIPPED, registry_of, shipped_text
from tests.kit.workflow.small import small
from workflow.loading.loader import load
from workflow.model.definition import Definition, Enumeration, FactType
from workflow.model.expression import Node, parse
from workflow.model.verdict import Answer
from workflow.rules.evaluation import binds, complete, due, due_sql, evaluate, judge, rule_sql
from workflow.rules.in_sql import expression_sql, names_of_type, names_sql, quoted
from workflow.rules.typing import scope_of, typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from states.postgres.server import EmbeddedServer

MANY = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
SHIPPED_DEFINITIONS = load(SHIPPED, registry_of(shipped_text()))
SHIPPED_RULES = [(name, rule) for name, one in SHIPPED_DEFINITIONS.items() for rule in one.rules]
SHIPPED_STATES = [
    (name, state) for name, one in SHIPPED_DEFINITIONS.items() for state in one.states
]
COLUMN_TYPES = {
    "date": "date", "datetime": "timestamptz", "int": "bigint", "bool": "boolean", "text": "text",
}  # fmt: skip

dates = st.dates(date(2017, 1, 1), date(2099, 12, 31))
moments = st.datetimes(datetime(2017, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


@pytest.fixture(scope="module")
def connection(server: EmbeddedServer) -> Iterator[Connection]:
    engine = create_engine(server.url("postgres"))
    with engine.connect() as one:
        yield one
    engine.dispose()


def values(sort: FactType) -> st.SearchStrategy[object]:
    if isinstance(sort, Enumeration):
        return st.none() | st.sampled_from(sort.values)
    found: dict[str, st.SearchStrategy[object]] = {
        "date": dates,
        "datetime": moments,
        "int": st.integers(-9, 9),
        "bool": st.booleans(),
        "text": texts,
    }
    return st.none() | found[sort]


def cases(definition: Definition) -> st.SearchStrategy[dict[str, object]]:
    """Generate the facts of a case, its entry and the present moment."""
    facts = {name: values(fact.type) for name, fact in definition.facts.items()}
    return st.fixed_dictionaries({**facts, "entered_at": moments, "now": moments})


def asked(
    connection: Connection, definition: Definition, sql: str, case: dict[str, object]
) -> object:
    """Return what PostgreSQL answers on one row with these values."""
    columns = {
        name: COLUMN_TYPES["text" if isinstance(fact.type, Enumeration) else fact.type]
        for name, fact in definition.facts.items()
    }
    columns["entered_at"] = "timestamptz"
    row = ", ".join(f"CAST(:of_{name} AS {sort}) AS {name}" for name, sort in columns.items())
    given_values = {f"of_{name}": case[name] for name in columns}
    moment = case["now"]
    assert isinstance(moment, datetime)
    query = text(f"SELECT {sql} FROM (SELECT {row}) c")
    return connection.execute(query, {**given_values, **binds(definition, moment)}).scalar_one()


def settle(connection: Connection, definition: Definition, case: dict[str, object]) -> None:
    """Give the facts that are reckoned from other columns of the row the values they then have."""
    for name, fact in definition.facts.items():
        if fact.sql != f"c.{name}" and not fact.elsewhere:
            case[name] = asked(connection, definition, fact.sql, case)


def whole(definition: Definition, case: dict[str, object]) -> dict[str, object]:
    """Return the complete facts that the Python reading gets."""
    now, entered = case["now"], case["entered_at"]
    assert isinstance(now, datetime)
    assert isinstance(entered, datetime)
    facts = {name: case[name] for name in definition.facts}
    return complete(definition, facts, now=now, entered_at=entered)


def columns_of(definition: Definition) -> dict[str, str]:
    return {name: f"c.{name}" for name in definition.facts}


# The generated language: every type with its names, literals and movements.
SPANS = ["30 days", "2 months", "1 year", "3 weeks", "window.span", "kind.wait"]
CLOCKED = [*SPANS, "5 hours", "10 minutes", "window.hours"]
literal_dates = st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(str)
date_sources = st.sampled_from(["d1", "d2", "today", "kind.since", "window.since"]) | literal_dates
moment_sources = st.sampled_from(["t1", "t2", "now", "entered_at"])


def moved(base: st.SearchStrategy[str], spans: list[str]) -> st.SearchStrategy[str]:
    steps = st.lists(
        st.tuples(st.sampled_from(["+", "-"]), st.sampled_from(spans)).map(" ".join), max_size=2
    )
    return st.tuples(base, steps).map(lambda parts: " ".join([parts[0], *parts[1]]))


OPERANDS = {
    "date": moved(date_sources, SPANS),
    "datetime": moved(moment_sources, CLOCKED),
    "int": st.sampled_from(["i1", "i2", "window.count", "kind.rank", "3", "0"]),
    "duration": st.sampled_from(CLOCKED),
    "bool": st.sampled_from(["b1", "b2", "kind.paid", "window.open", "true", "false"]),
    "text": st.sampled_from(["x1", "x2"])
    | texts.map(lambda value: "'" + value.replace("'", "''") + "'"),
}
SIGNS = {"text": ["==", "!="], "bool": ["==", "!="]}
FIXED = [
    "way in kind.ways", "way not in kind.ways", "way in [post, hand]", "i1 in window.remind",
    "colour == window.word", "kind == fast", "way != mail", "kind.effect == none", "'hand' == way",
    "kind is none", "kind.since is not none", "colour in [red, colour]",
]  # fmt: skip


@st.composite
def questions(draw: st.DrawFn) -> str:
    """Generate one comparison, membership or question for NULL."""
    form = draw(st.sampled_from(["compare", "in", "none", "fixed", "truth"]))
    if form == "fixed":
        return draw(st.sampled_from(FIXED))
    if form == "truth":
        return draw(OPERANDS["bool"])
    sort = draw(st.sampled_from(sorted(OPERANDS)))
    left = draw(OPERANDS[sort])
    if form == "none":
        return f"{left} is {draw(st.sampled_from(['', 'not ']))}none"
    if form == "in":
        options = ", ".join(draw(st.lists(OPERANDS[sort], min_size=1, max_size=3)))
        return f"{left} {draw(st.sampled_from(['', 'not ']))}in [{options}]"
    sign = draw(st.sampled_from(SIGNS.get(sort, ["==", "!=", "<", "<=", ">", ">="])))
    return f"{left} {sign} {draw(OPERANDS[sort])}"


sources = st.recursive(
    questions(),
    lambda inner: st.one_of(
        inner.map(lambda one: f"not ({one})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"
        ),
    ),
    max_leaves=6,
)


def read(source: str) -> Node:
    definition = small()
    scope = scope_of(definition.facts.values(), definition.kinds, definition.windows)
    node, mistakes = typed(parse(source), scope, ("bool",))
    assert not mistakes, [mistake.message for mistake in mistakes]
    return node


@settings(MANY, max_examples=400)
@given(source=sources, case=cases(small()))
def test_generated_rules_have_one_meaning(
    connection: Connection, source: str, case: dict[str, object]
) -> None:
    definition, node = small(), read(source)
    names = names_sql(definition, columns_of(definition))
    sql = expression_sql(node, names, names_of_type(definition, date))

    assert asked(connection, definition, sql, case) is evaluate(node, whole(definition, case))


@pytest.mark.parametrize(("workflow", "rule"), SHIPPED_RULES)
@settings(MANY, max_examples=40)
@given(data=st.data())
def test_shipped_rules_have_one_meaning(
    connection: Connection, workflow: str, rule: str, data: st.DataObject
) -> None:
    definition = SHIPPED_DEFINITIONS[workflow]
    case = data.draw(cases(definition))
    answers = {True: Answer.ALLOW, False: Answer.DENY, None: Answer.ERROR}

    sql = rule_sql(definition, rule, columns_of(definition))
    answer = asked(connection, definition, sql, case)

    assert isinstance(answer, bool | None)
    assert judge(definition, rule, whole(definition, case)).answer is answers[answer]


@pytest.mark.parametrize("state", small().states)
@MANY
@given(case=cases(small()))
def test_timers_of_every_sort_ring_at_one_moment(
    connection: Connection, state: str, case: dict[str, object]
) -> None:
    definition = small()

    answer = asked(connection, definition, due_sql(definition, state, "c.entered_at"), case)

    assert answer == due(definition, state, whole(definition, case))


@pytest.mark.parametrize(("workflow", "state"), SHIPPED_STATES)
@settings(MANY, max_examples=10)
@given(data=st.data())
def test_shipped_timers_ring_at_one_moment_when_the_case_enters_now(
    connection: Connection, workflow: str, state: str, data: st.DataObject
) -> None:
    definition = SHIPPED_DEFINITIONS[workflow]
    case = data.draw(cases(definition))
    case["entered_at"] = case["now"]
    settle(connection, definition, case)

    answer = asked(connection, definition, due_sql(definition, state), case)

    assert answer == due(definition, state, whole(definition, case))


@MANY
@given(value=texts)
def test_a_quoted_text_comes_back_whole_from_the_server(connection: Connection, value: str) -> None:
    assert connection.execute(text(f"SELECT {quoted(value)}")).scalar_one() == value


@pytest.mark.parametrize("value", ["it's", ":today", "100%", "a\\b", "ş'); drop --", "%(x)s", "😀"])
def test_a_text_with_a_meaning_to_the_driver_stays_a_text(
    connection: Connection, value: str
) -> None:
    assert connection.execute(text(f"SELECT {quoted(value)}")).scalar_one() == value


def test_the_end_of_a_month_is_kept_in_both_readings(connection: Connection) -> None:
    definition = small()
    case: dict[str, object] = dict.fromkeys(definition.facts)
    case |= {"d1": date(2027, 4, 30), "d2": date(2027, 2, 28)}
    case |= {
        "now": datetime(2026, 1, 1, tzinfo=UTC),
        "entered_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    node = read("d1 - 2 months == d2")
    names = names_sql(definition, columns_of(definition))
    sql = expression_sql(node, names, names_of_type(definition, date))

    assert evaluate(node, whole(definition, case)) is True
    assert asked(connection, definition, sql, case) is True


def test_a_day_of_a_timer_starts_at_midnight_in_istanbul(connection: Connection) -> None:
    definition = SHIPPED_DEFINITIONS["application"]
    case: dict[str, object] = dict.fromkeys(definition.facts)
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    case |= {"production_opens_on": date(2027, 2, 17), "now": now, "entered_at": now}

    answer = asked(connection, definition, due_sql(definition, "held"), case)

    assert answer == datetime(2027, 2, 16, 21, tzinfo=UTC)
    assert asked(connection, definition, due_sql(definition, "queued"), case) == now + timedelta(
        minutes=10
    )
