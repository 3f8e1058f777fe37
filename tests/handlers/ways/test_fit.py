"""What fits the certificates of a person, asked of the judge alone: each refusal and its limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.ways.fit import MOST_CERTIFICATES, ApplicationNeed, FitnessJudge, by_id
from tests.handlers.ways.people import NOW, application, certificate, person
from workflow.model.duration import Duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.ways.facts import ApplicationFacts, CertificateFacts, PersonFacts
    from workflow.model.definition import Definition

    Judge = Callable[..., FitnessJudge]

WINDOW = {
    "e_onay_after_end": False, "paper_for_first": False, "same_end_rest": Duration(days=10),
    "most_certificates": 2,
}  # fmt: skip
SECOND = timedelta(seconds=1)


@pytest.fixture
def judge(definitions: dict[str, Definition]) -> Judge:
    """Give the judge of a person under the shipped kinds and a policy of this test."""

    def of(mine: PersonFacts, **window: object) -> FitnessJudge:
        return FitnessJudge(mine, definitions["application"], {**WINDOW, **window}, NOW)

    return of


def made(number: int, kind: str, about: int | None, **more: object) -> CertificateFacts:
    """Return a certificate that a delivered application has made."""
    fields = {
        "id": number, "reference": f"S{number}", "serial": f"{number:x}{number:x}",
        "application_id": 100 + number, "application_reference": f"B{number}",
        "application_kind": kind, "application_state": "delivered", "application_about": about,
    }  # fmt: skip
    return certificate(900, **{**fields, **more})


def code(judged: FitnessJudge, kind: str, old: CertificateFacts | None, **more: object) -> str:
    """Return what refuses a kind, "" where it fits."""
    return judged.refused_kind(ApplicationNeed(kind, old, **more)).code  # type: ignore[arg-type]


def test_a_kind_about_a_certificate_needs_one(judge: Judge) -> None:
    assert code(judge(person()), "renewal", None) == "form.old_certificate_missing"
    assert code(judge(person()), "first", None) == ""


@pytest.mark.parametrize("state", ["active", "suspended", "revoked"])
@pytest.mark.parametrize("application_state", ["couriered", "delivered", None])
def test_nothing_takes_the_place_of_a_card_on_its_way(
    judge: Judge, state: str, application_state: str | None
) -> None:
    old = certificate(40, state=state, application_reference="B7")
    old = replace(old, application_state=application_state)
    verdict = judge(person(old)).refused_kind(ApplicationNeed("renewal", old))
    travels = application_state == "couriered" and state != "revoked"
    assert verdict.code == ("form.old_certificate_on_its_way" if travels else "")
    assert verdict.params == ({"reference": "B7"} if travels else {})


def test_one_that_is_yet_to_begin_is_not_renewed(judge: Judge) -> None:
    later = certificate(900, not_before=NOW + SECOND)
    assert code(judge(person(later)), "renewal", later) == "form.old_certificate_not_begun"
    assert code(judge(person(later)), "renewal", later, approved=True) == ""
    assert code(judge(person(later)), "lost", later) == ""
    now = certificate(900, not_before=NOW)
    assert code(judge(person(now)), "renewal", now) == ""


def test_what_takes_over_the_end_needs_one_in_force(judge: Judge) -> None:
    gone = certificate(-1)
    assert code(judge(person(gone)), "damaged", gone) == "form.old_certificate_not_in_force"
    stands = certificate(0)
    assert code(judge(person(stands)), "damaged", stands) == ""


def test_in_the_place_of_one_that_is_gone_there_is_as_much_room_as_beside(judge: Judge) -> None:
    gone, one = certificate(-1), certificate(300, id=2, serial="b2")
    two = certificate(301, id=3, serial="c3")
    assert code(judge(person(gone, one)), "renewal", gone) == ""
    full = person(gone, one, two)
    verdict = judge(full).refused_kind(ApplicationNeed("renewal", gone))
    assert (verdict.code, verdict.params) == ("form.too_many", {"most": 2})
    assert code(judge(full, most_certificates=3), "renewal", gone) == ""
    assert code(judge(full), "renewal", one) == ""
    mine = person(gone, one, replace(two, application_id=5))
    assert code(judge(mine), "renewal", gone, case_id=5) == ""
    later = person(gone, one, replace(two, not_before=NOW + SECOND))
    assert code(judge(later), "renewal", gone) == ""
    ended = person(gone, one, replace(two, ends_at=NOW - SECOND))
    assert code(judge(ended), "renewal", gone) == ""
    judged = judge(full)
    unnamed = {name: value for name, value in judged.window.items() if name != "most_certificates"}
    verdict = replace(judged, window=unnamed).refused_kind(ApplicationNeed("renewal", gone))
    assert verdict.params == {"most": MOST_CERTIFICATES}


@pytest.mark.parametrize(
    ("one", "adds"),
    [
        (application("queued", kind="additional"), True),
        (application("draft", kind="additional"), False),
        (application("queued", kind="additional", certificate_id=7), False),
        (application("queued", old_certificate_id=1), True),
        (application("queued", old_certificate_id=2), False),
        (application("queued", old_certificate_id=99), True),
        (application("queued", kind="of_before", old_certificate_id=2), False),
    ],
)
def test_what_was_granted_beside_counts(judge: Judge, one: ApplicationFacts, adds: bool) -> None:  # noqa: FBT001 - a parameter of the test
    gone, stands = certificate(-1), certificate(300, id=2, serial="b2")
    mine = person(gone, stands, applications=(one,))
    expected = "form.too_many" if adds else ""
    assert code(judge(mine), "renewal", gone) == expected
    assert code(judge(mine), "renewal", gone, case_id=one.id) == ""


def test_what_its_own_approval_ended_leaves_room(judge: Judge) -> None:
    old = certificate(40, state="revoked", in_hand=False, revoked_at=NOW)
    others = (certificate(300, id=2, serial="b2"), certificate(301, id=3, serial="c3"))
    judged = judge(person(old, *others))
    assert code(judged, "lost", old) == "form.too_many"
    assert code(judged, "lost", old, approved=True) == ""
    assert judged.ended_by_this(ApplicationNeed("lost", old, approved=True))
    assert not judged.ended_by_this(ApplicationNeed("lost", old))
    assert not judged.ended_by_this(ApplicationNeed("first", None, approved=True))
    assert not judged.ended_by_this(ApplicationNeed("lost", others[0], approved=True))
    assert not judged.ended_by_this(ApplicationNeed("renewal", old, approved=True))


def test_a_place_is_taken_once(judge: Judge) -> None:
    old, new = certificate(40), made(2, "renewal", 1, not_before=NOW - SECOND)
    verdict = judge(person(old, new)).refused_kind(ApplicationNeed("renewal", old))
    assert verdict.code == "form.replaced_already"
    assert verdict.params == {"certificate": "S000000001", "reference": "B2"}
    assert code(judge(person(old, new)), "lost", old) == "form.replaced_already"
    assert code(judge(person(old, new)), "renewal", old, case_id=102) == ""
    later = replace(new, not_before=NOW + timedelta(days=11))
    assert code(judge(person(old, later)), "renewal", old) == "form.replaced_already"
    assert code(judge(person(old, later)), "lost", old) == ""


def test_no_card_is_made_for_the_days_until_a_successor_begins(judge: Judge) -> None:
    old, new = certificate(40), made(2, "renewal", 1, not_before=NOW + timedelta(days=10) - SECOND)
    mine = person(old, new)
    verdict = judge(mine).refused_kind(ApplicationNeed("lost", old))
    assert verdict.code == "form.successor_begins"
    assert verdict.params == {"reference": "B2", "not_before": new.not_before}
    assert code(judge(mine), "lost", old, approved=True) == ""
    assert code(judge(mine, same_end_rest=None), "lost", old) == ""
    asked: list[int] = []

    def nobody(number: int) -> bool:
        asked.append(number)
        return False

    assert code(replace(judge(mine), serves=nobody), "lost", old) == ""
    assert asked == [2]
    exactly = replace(new, not_before=NOW + timedelta(days=10))
    assert code(judge(person(old, exactly)), "lost", old) == ""


def test_a_first_one_is_for_who_has_none_and_an_additional_one_for_who_has_one(
    judge: Judge,
) -> None:
    one, longer = certificate(40), certificate(90, id=2, reference="S2", serial="b2")
    verdict = judge(person(one, longer)).refused_kind(ApplicationNeed("first", None))
    assert (verdict.code, verdict.params) == ("form.not_first", {"certificate": "S2"})
    assert code(judge(person(certificate(-1))), "first", None) == ""
    assert code(judge(person(certificate(-1))), "additional", None) == "form.additional_to_none"
    typed = certificate(40, seen=None)
    verdict = judge(person(typed)).refused_kind(ApplicationNeed("additional", None))
    assert verdict.code == "form.additional_unseen"
    assert verdict.params == {"certificate": "S000000001"}
    assert code(judge(person(one)), "additional", None) == ""
    assert code(judge(person(one, longer)), "additional", None) == "form.too_many"


METHODS = {
    "in_person": "", "wet_signature": "form.paper_not_accepted", "e_imza": "form.treated_as_first",
    "e_onay": "form.treated_as_first",
}  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_who_has_none_in_force_proves_who_they_are(judge: Judge, method: str) -> None:
    def refused(judged: FitnessJudge, kind: str, old: CertificateFacts | None = None) -> str:
        return judged.refused_method(ApplicationNeed(kind, old), method).code

    assert refused(judge(person()), "first") == METHODS[method]
    gone = certificate(-1)
    by_hand = method in {"in_person", "wet_signature"}
    renewed = METHODS[method] if by_hand else "form.old_certificate_gone"
    assert refused(judge(person(gone)), "renewal", gone) == renewed
    assert refused(judge(person(gone)), "lost", gone) == METHODS[method]
    late = judge(person(gone), e_onay_after_end=True, paper_for_first=True)
    accepted = {"wet_signature", "in_person", "e_onay"}
    if method in accepted:
        assert refused(late, "renewal", gone) == ""
    else:
        assert refused(late, "renewal", gone) == "form.old_certificate_gone"
    revoked = certificate(40, state="revoked", in_hand=False)
    never = "" if by_hand else "form.old_certificate_gone"
    late = judge(person(revoked), e_onay_after_end=True, paper_for_first=True)
    assert refused(late, "renewal", revoked) == never
    stands = certificate(40)
    assert refused(judge(person(stands)), "renewal", stands) == ""
    other = certificate(300, id=2, serial="b2")
    assert refused(judge(person(gone, other)), "renewal", gone) == (
        "" if by_hand else "form.old_certificate_gone"
    )


def test_a_card_made_again_goes_on_where_another_one_bridges_to_it(judge: Judge) -> None:
    gone = certificate(-1)
    bridge = replace(made(2, "lost", 1, not_before=NOW - SECOND), ends_at=NOW + timedelta(days=5))
    mine = made(3, "renewal", 1, not_before=NOW + timedelta(days=6), state="revoked", in_hand=False)
    judged = judge(person(gone, bridge, mine))
    need = ApplicationNeed("renewal", gone, 103, approved=True)
    assert judged.refused_method(need, "e_onay").allows
    other = replace(need, case_id=104)
    assert judged.refused_method(other, "e_onay").code == "form.old_certificate_gone"
    nothing = replace(need, old=None)
    assert judged.refused_method(nothing, "e_onay").code == "form.old_certificate_gone"


@pytest.mark.parametrize(
    ("kind", "about", "one", "stands_in_the_way"),
    [
        ("renewal", 1, application("draft", old_certificate_id=1), True),
        ("renewal", 1, application("draft", old_certificate_id=2), False),
        ("renewal", 1, application("draft", kind="lost", old_certificate_id=1), False),
        ("renewal", 1, application("queued", kind="lost", old_certificate_id=1), True),
        ("lost", 1, application("held", old_certificate_id=1), False),
        ("lost", 1, application("in_production", old_certificate_id=1), True),
        ("lost", 1, application("held", kind="damaged", old_certificate_id=1), True),
        ("damaged", 1, application("held", old_certificate_id=1), False),
        ("first", None, application("draft", kind="first"), True),
        ("first", None, application("draft", kind="additional"), False),
        ("additional", None, application("queued", kind="first"), False),
    ],
)
def test_of_one_need_there_is_one_application(
    judge: Judge,
    kind: str,
    about: int | None,
    one: ApplicationFacts,
    stands_in_the_way: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    mine = person(certificate(40), certificate(300, id=2, serial="b2"), applications=(one,))
    judged, need = judge(mine), ApplicationNeed(kind, by_id(mine, about))
    assert judged.other_open(need) == (one if stands_in_the_way else None)
    assert judged.other_open(replace(need, case_id=one.id)) is None


def test_a_renewal_makes_way_only_where_its_own_definition_knows_how(judge: Judge) -> None:
    one = application("held", old_certificate_id=1)
    other = application("held", id=10, reference="B10", old_certificate_id=2)
    mine = person(certificate(40), certificate(300, id=2, serial="b2"), applications=(one, other))
    judged, need = judge(mine), ApplicationNeed("lost", mine.certificates[0])
    assert judged.making_way(need, lambda _: True) == [one]
    assert judged.making_way(need, lambda _: False) == []
    assert judged.other_open(need, lambda _: True) is None
    assert judged.other_open(need, lambda _: False) == one
    assert judged.making_way(replace(need, kind="renewal"), lambda _: True) == []
    assert judged.making_way(replace(need, old=None), lambda _: True) == []


def test_a_certificate_is_found_by_its_number() -> None:
    mine = person(certificate(40), certificate(90, id=2, serial="b2"))
    assert by_id(mine, 2) == mine.certificates[1]
    assert by_id(mine, 3) is None
    assert by_id(mine, None) is None
