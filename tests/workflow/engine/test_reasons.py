"""The tests of reasons with codes: declared, checked, journaled, read back in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.workflow import process as kit
from workflow.engine.permission import clean_reason
from workflow.loading.grammar import json_schema
from workflow.loading.publish import from_canonical
from workflow.model import refusal as r
from workflow.model.definition import Text
from workflow.model.problem import WorkflowFileError
from workflow.model.request import Request
from workflow.present.outline import outline
from workflow.present.sentences import reason_words, sentence

if TYPE_CHECKING:
    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine
    from workflow.model.clock import FixedClock

REFUSE = "to: rejected, by: [officer], reason: required"
CODES = "faulty: {tr: Kusurlu, en: Faulty}, late: {tr: Geç kaldı, en: Late}"
CLOSED = kit.PROCESS.replace(REFUSE, f"{REFUSE}, reasons: {{{CODES}}}")
OPEN = kit.PROCESS.replace(
    REFUSE, f"{REFUSE}, reasons: {{{CODES}, other: {{tr: Başka, en: Other}}}}"
)
MOVE = kit.definitions(CLOSED)["matter"].transitions["refuse"]
LENIENT = kit.definitions(OPEN)["matter"].transitions["refuse"]


@pytest.fixture
def strict(database: Database, clock: FixedClock) -> CaseEngine:
    return kit.engine(database, clock, CLOSED)


def reason_kept(engine: CaseEngine, case_id: int) -> object:
    return json.loads(kit.entries(engine, case_id)[-1]["body"])["reason"]


def test_codes_are_read_in_the_order_of_the_file() -> None:
    assert list(MOVE.reasons.items()) == [
        ("faulty", Text("Kusurlu", "Faulty")), ("late", Text("Geç kaldı", "Late")),
    ]  # fmt: skip
    assert kit.definitions()["matter"].transitions["refuse"].reasons == {}


def test_codes_belong_to_what_is_published_and_their_absence_changes_no_hash() -> None:
    plain, coded = kit.definitions()["matter"], kit.definitions(CLOSED)["matter"]
    assert coded.sha256 != plain.sha256
    assert from_canonical(coded.canonical) == coded
    assert '"reasons"' not in plain.canonical
    assert coded.canonical.count('"reasons"') == 1


def test_codes_without_a_reason_beside_them_are_refused_at_their_place() -> None:
    text = CLOSED.replace(REFUSE, "to: rejected, by: [officer]")
    with pytest.raises(WorkflowFileError) as refused:
        kit.definitions(text)
    (problem,) = refused.value.problems
    line = text.splitlines()[problem.line - 1]
    assert line[problem.column - 1 :].startswith("reasons:")
    assert problem.message == (
        "'reasons' of 'refuse' needs 'reason' beside it: required or optional"
    )


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{}", "there is no reason here"),
        ("{Late: {tr: a, en: b}}", "'Late' is no name for a reason: use a-z, 0-9 and _"),
        ("{late: {tr: a}}", "'en' is missing"),
        ("[late]", "a list stands where a mapping of reasons is expected"),
    ],
)
def test_codes_of_another_shape_are_refused(written: str, says: str) -> None:
    text = kit.PROCESS.replace(REFUSE, f"{REFUSE}, reasons: {written}")
    with pytest.raises(WorkflowFileError, match=says):
        kit.definitions(text)


def test_the_schema_for_editors_knows_the_codes() -> None:
    assert '"reasons": {"type": "object", "propertyNames"' in json.dumps(json_schema())


@pytest.mark.parametrize(
    ("given_reason", "kept"),
    [
        ("late", "late"),
        (" late ", "late"),
        ("late:", "late"),
        ("late : iki gün ", "late: iki gün"),
        ("faulty: a: b", "faulty: a: b"),
    ],
)
def test_a_reason_is_kept_as_its_code_and_the_own_words(given_reason: str, kept: str) -> None:
    assert clean_reason(MOVE, given_reason) == kept


@pytest.mark.parametrize("unknown", ["Late", "lately", "geç kaldı", ": late", "other: x"])
def test_a_reason_that_begins_with_no_code_is_refused(strict: CaseEngine, unknown: str) -> None:
    case_id = kit.filed(strict)
    with pytest.raises(r.ReasonUnknown) as refused:
        strict.fire(case_id, "refuse", kit.AYSE, reason=unknown)
    assert refused.value.params == {"trigger": "refuse", "reasons": ["faulty", "late"]}
    assert kit.standing(strict, case_id) == ("filed", 2)
    assert [row["code"] for row in kit.refused(strict)] == ["reason_unknown"]
    told = sentence(kit.definitions(CLOSED)["matter"], "reason_unknown", refused.value.params)
    assert told == "“Reddet” işleminin gerekçesi şu kodlardan biriyle başlamalıdır: faulty, late."


@pytest.mark.parametrize("missing", [None, "", " \n"])
def test_a_required_code_may_not_be_missing(missing: str | None) -> None:
    with pytest.raises(r.ReasonMissing) as refused:
        clean_reason(MOVE, missing)
    assert refused.type is r.ReasonMissing


def test_own_words_are_filed_under_other_where_there_is_such_a_code() -> None:
    assert clean_reason(LENIENT, "kart kırık: ikiye") == "other: kart kırık: ikiye"
    assert clean_reason(LENIENT, "other: kart kırık") == "other: kart kırık"
    assert clean_reason(LENIENT, "late") == "late"


@pytest.mark.parametrize("empty", ["other", "other:", " other : "])
def test_other_needs_own_words(empty: str) -> None:
    with pytest.raises(r.ReasonMissing):
        clean_reason(LENIENT, empty)


def test_the_journal_holds_the_code_and_the_words(strict: CaseEngine) -> None:
    case_id = kit.filed(strict)
    strict.fire(case_id, "refuse", kit.AYSE, reason="late: iki gün")
    assert reason_kept(strict, case_id) == "late: iki gün"


def test_a_case_of_an_older_definition_keeps_its_free_reason(
    database: Database, clock: FixedClock
) -> None:
    case_id = kit.filed(kit.engine(database, clock))
    newer = kit.engine(database, clock, CLOSED)
    newer.fire(case_id, "refuse", kit.AYSE, reason="geç geldi")
    assert reason_kept(newer, case_id) == "geç geldi"


def test_who_asks_what_may_be_done_needs_no_code(strict: CaseEngine) -> None:
    case_id = kit.filed(strict)
    allowed = {one.transition.name for one in strict.explain(case_id, kit.AYSE) if one.allowed}
    assert "refuse" in allowed
    with pytest.raises(r.ReasonUnknown):
        strict.rehearse(case_id, Request("refuse", kit.AYSE, reason="bilmem"))


def test_a_set_is_judged_by_the_same_codes(strict: CaseEngine) -> None:
    cases = [kit.filed(strict), kit.filed(strict)]
    tally = strict.fire_many("matter", "refuse", kit.AYSE, cases, reason="late")
    assert (tally.moved, tally.refused) == (2, {})
    assert reason_kept(strict, cases[0]) == "late"


@pytest.mark.parametrize(
    ("kept", "tr", "en"),
    [
        ("late", "Geç kaldı", "Late"),
        ("late: iki gün", "Geç kaldı: iki gün", "Late: iki gün"),
        ("other: kart kırık", "kart kırık", "kart kırık"),
        ("faulty: a: b", "Kusurlu: a: b", "Faulty: a: b"),
        ("geç geldi", "geç geldi", "geç geldi"),
        (None, "", ""),
    ],
)
def test_a_kept_reason_is_read_in_words(kept: str | None, tr: str, en: str) -> None:
    definition = kit.definitions(OPEN)["matter"]
    assert reason_words(definition, "refuse", kept) == tr
    assert reason_words(definition, "refuse", kept, "en") == en


def test_the_reason_of_another_move_or_of_none_stays_as_it_is() -> None:
    definition = kit.definitions(OPEN)["matter"]
    assert reason_words(definition, "note", "late: iki gün") == "late: iki gün"
    assert reason_words(definition, "gone", "late") == "late"


def test_the_outline_names_the_codes() -> None:
    lines = outline(kit.definitions(CLOSED)["matter"], "en")
    assert "reason required (faulty “Faulty”, late “Late”))" in lines
    assert "reason required)" in lines


@given(st.text(max_size=30))
def test_what_is_kept_is_kept_again_as_it_is(words: str) -> None:
    try:
        kept = clean_reason(LENIENT, words)
    except r.ReasonMissing:
        return
    assert kept is not None
    assert kept.partition(":")[0] in LENIENT.reasons
    assert clean_reason(LENIENT, kept) == kept


@pytest.mark.parametrize("trigger", ["note", "note_heard"])
def test_no_identity_number_reaches_the_journal_in_a_reason(
    engine: CaseEngine, trigger: str
) -> None:
    case_id = kit.filed(engine)
    engine.fire(case_id, trigger, kit.AYSE, reason="10000000146 ile mükerrer, 100 000 001 46")
    engine.fire_many("matter", trigger, kit.AYSE, [case_id], reason="10000000146", batch="b:1")
    bodies = [entry["body"] for entry in kit.entries(engine, case_id)]
    assert "100******46 ile mükerrer, 100******46" in bodies[-2]
    assert '"reason":"100******46"' in bodies[-1]
    assert not any("0000146" in body.replace(" ", "") for body in bodies)


def test_no_identity_number_reaches_the_record_of_refused_attempts(engine: CaseEngine) -> None:
    case_id = kit.filed(engine)
    with pytest.raises(r.Refused):
        engine.fire(case_id, "10000000146", kit.AYSE)
    (row,) = kit.refused(engine)
    assert row["trigger"] == "100******46"
    assert row["params"]["trigger"] == "100******46"
