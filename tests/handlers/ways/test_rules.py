"""What many people are told by one answer is what each of them would be told alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.ways.rules import APPROVALS, OPENING, Rules, own_facts
from tests.handlers.ways.people import NOW, certificate, person
from workflow.rules.evaluation import complete, judge

if TYPE_CHECKING:
    from handlers.ways.facts import CertificateFacts, PersonFacts
    from workflow.model.definition import Definition
    from workflow.model.verdict import Verdict

MOMENTS = (NOW, datetime(2024, 10, 9, 21, tzinfo=UTC), datetime(2020, 2, 29, 12, tzinfo=UTC))
"""Today, the first moment of a new policy, and a day that few years have."""

moments = st.one_of(
    st.none(),
    st.sampled_from(MOMENTS),
    st.datetimes(datetime(2018, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - with its zone
)
certificates = st.builds(
    certificate,
    days=st.integers(-900, 1100),
    id=st.just(1),
    state=st.sampled_from(["active", "suspended", "expired", "revoked"]),
    in_hand=st.booleans(),
    seen=st.sampled_from([None, "made", "looked"]),
    has_bytes=st.booleans(),
    not_before=moments,
    checked_at=moments,
    unlockable=st.booleans(),
    unlock_tried_at=moments,
)
people = st.builds(
    lambda found, about, **more: (person(*found, **more), found[0] if found and about else None),
    st.lists(certificates, max_size=2),
    st.booleans(),
    standing=st.sampled_from(["in_office", "left"]),
    institution_open=st.booleans(),
    has_consent=st.booleans(),
)


def alone(
    definition: Definition, now: datetime, kind: str, method: str, own: dict[str, object]
) -> Verdict:
    """Judge each rule of the moves on all facts of one person, as they stand."""
    facts = {**dict.fromkeys(definition.facts), "kind": kind, "method": method or None, **own}
    whole = complete(definition, facts, now=now, entered_at=now)
    moves = ("choose_method", f"use_{method}", APPROVALS[method]) if method else ("file",)
    names = dict.fromkeys(rule for move in moves for rule in definition.transitions[move].rules)
    verdicts = [judge(definition, name, whole) for name in names]
    return next((one for one in verdicts if not one.allows), verdicts[-1])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=st.lists(people, min_size=1, max_size=12), now=st.sampled_from(MOMENTS))
def test_the_answer_is_that_of_each_rule_alone(
    definitions: dict[str, Definition],
    found: list[tuple[PersonFacts, CertificateFacts | None]],
    now: datetime,
) -> None:
    definition = definitions["application"]
    rules = Rules(definition, now)
    for somebody, old in found:
        own = own_facts(somebody, old)
        for kind, fields in definition.kinds.items():
            asked, methods = rules.of(kind, own), fields["methods"]
            assert isinstance(methods, tuple)
            for method in (OPENING, *map(str, methods)):
                told = alone(definition, now, kind, method, dict(own))
                assert asked.refused(method) == told, (kind, method)


def test_people_who_differ_in_nothing_that_decides_share_an_answer(
    definitions: dict[str, Definition],
) -> None:
    rules = Rules(definitions["application"], NOW)
    cards = [certificate(n, checked_at=NOW - timedelta(days=n)) for n in (40, 41, 300)]
    found = [rules.of("renewal", own_facts(person(one), one)) for one in cards]
    assert found[0].refused("e_imza").allows
    assert [one.answers for one in found] == [{"e_imza": None}] * 3
    assert found[0].answers is found[2].answers
    assert date(2027, 9, 26) == cards[2].ends_on
