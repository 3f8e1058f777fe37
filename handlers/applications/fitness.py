"""Whether a kind of application fits the certificates that its person has, by the moment.

Asked when it is filed, when its method is chosen, when it is approved and when it is produced.
Whoever has no certificate in force is treated as a first applicant, whatever the kind: what proves
their identity is paper, as long as policy accepts it, or showing themselves at the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import aliased

from handlers.certificates import successor
from handlers.certificates.renamed import BY_HAND
from handlers.certificates.replacements import STANDING
from handlers.certificates.validity import HELD, in_force, made_for, valid_of
from handlers.kit import rows
from handlers.ways.fit import BEFORE_APPROVAL, MOST_CERTIFICATES
from states.cases.application import FINAL_STATES, Application
from states.cases.certificate import Certificate
from states.logs.journal import PublishedDefinition
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.context import Context
    from workflow.model.definition import Definition
    from workflow.model.verdict import Verdict


def refused_kind(context: Context) -> Verdict:
    """Refuse a kind that does not fit the certificate that it is about, or that none is there."""
    kind = context.definition.kinds[rows.text(context.case, "kind")]
    old = rows.find(context.connection, Certificate, context.case.get("old_certificate_id"))
    if kind["old_certificate"] == "none":
        return _beside(context)
    if old is None:
        return deny("form.old_certificate_missing")
    return _in_place_of(context, old, kind)


def _in_place_of(context: Context, old: Certificate, kind: Mapping[str, object]) -> Verdict:
    """Refuse to take the place of a certificate that this kind is not for."""
    reference = _on_its_way(context, old)
    if reference is not None:
        return deny("form.old_certificate_on_its_way", reference=reference)
    if kind["old_certificate"] == "runs_out" and _is_early(context, old):
        return deny("form.old_certificate_not_begun", not_before=old.not_before)
    if kind["starts"] == "same_end" and not in_force(old, context.now):
        return deny("form.old_certificate_not_in_force", certificate=old.reference)
    if not in_force(old, context.now) and not _ended_by_this(context, old, kind):
        verdict = _room_beside(context)
        if not verdict.allows:
            return verdict
    return _beside_successor(context, old, kind)


def _is_early(context: Context, old: Certificate) -> bool:
    """Say whether nobody can ask for what comes after a certificate, for it is yet to begin."""
    begun = old.not_before is None or old.not_before <= context.now
    return not begun and not _is_approved(context)


def _beside_successor(context: Context, old: Certificate, kind: Mapping[str, object]) -> Verdict:
    """Refuse to take once more the place of a certificate whose successor lives.

    One that is yet to begin serves nobody, so it does not stand in the way of what begins now;
    that ends where it begins, if that is not too near. Its nearness is not asked again at
    production, so that no approval is undone by minutes.
    """
    found = successor.living(context, old)
    if found is None:
        return ALLOW
    if kind["starts"] == "old_end" or not found.begins_later(context.now):
        return deny("form.replaced_already", certificate=old.reference, reference=found.reference)
    if not _is_approved(context) and successor.too_near(context, found):
        return deny("form.successor_begins", reference=found.reference, not_before=found.not_before)
    return ALLOW


def _on_its_way(context: Context, old: Certificate) -> str | None:
    """Return the application by which the card of a certificate is still on its way, if any.

    Nothing takes the place of what has not arrived: that application has its own ends for a card
    that was lost, sent back or damaged on the way.
    """
    application = rows.find(context.connection, Application, old.application_id)
    if application is None or old.state not in HELD or application.state in FINAL_STATES:
        return None
    return application.reference


def _beside(context: Context) -> Verdict:
    """Refuse a first one beside a certificate in force, and an additional one beside none.

    One that was only typed keeps nobody from being no first, and carries no additional one.
    """
    person_id = context.case["person_id"]
    if context.case["kind"] == "first":
        made = made_for(context.connection, person_id, context.now)
        return deny("form.not_first", certificate=made) if made else ALLOW
    held = valid_of(context.connection, person_id, context.now)
    if held is None:
        return deny("form.additional_to_none")
    if valid_of(context.connection, person_id, context.now, seen=True) is None:
        return deny("form.additional_unseen", certificate=held)
    return _room_beside(context)


def _room_beside(context: Context) -> Verdict:
    """Refuse one more certificate beside as many in force as a person may have."""
    most = int(str(context.window.get("most_certificates", MOST_CERTIFICATES)))
    return ALLOW if _number_in_force(context) < most else deny("form.too_many", most=most)


def _ended_by_this(context: Context, old: Certificate, kind: Mapping[str, object]) -> bool:
    """Say whether the approval of this very application has ended the certificate it is about."""
    ended = kind.get("old_ends") == "approval" and old.state == "revoked"
    return ended and _is_approved(context)


def _is_approved(context: Context) -> bool:
    return context.case.get("state") not in {"new", *BEFORE_APPROVAL}


def _number_in_force(context: Context) -> int:
    """Return how many certificates the person has today, and has been granted beside them.

    One yet to begin is none. One that is being made is one, and so is what was approved and will
    be made in no other's place: an additional one, and one for a certificate that is gone.
    """
    begun = or_(Certificate.not_before.is_(None), Certificate.not_before <= context.now)
    counted = select(func.count()).where(
        Certificate.person_id == context.case["person_id"],
        Certificate.application_id.is_distinct_from(context.case_id),
        Certificate.state.in_(STANDING), context.now <= Certificate.ends_at, begun,
    )  # fmt: skip
    return context.connection.execute(counted).scalar_one() + _number_granted(context)


def _number_granted(context: Context) -> int:
    """Return how many approved applications of the person will add a certificate."""
    old = aliased(Certificate)
    stands = old.state.in_(HELD) & old.revoked_at.is_(None) & (context.now <= old.ends_at)
    adds = Application.kind.in_(_kinds(context.definition.kinds, "none")) | ~func.coalesce(
        stands, false()
    )
    granted = (
        select(func.count())
        .select_from(Application)
        .outerjoin(old, old.id == Application.old_certificate_id)
        .where(
            *_of_person(context),
            Application.state.not_in(BEFORE_APPROVAL),
            Application.certificate_id.is_(None),
            adds,
        )
    )
    return context.connection.execute(granted).scalar_one()


def refused_method(context: Context, method: str) -> Verdict:
    """Refuse a method that proves nothing of a person who has no certificate in force."""
    if method == "in_person":
        return ALLOW
    kind = context.definition.kinds[rows.text(context.case, "kind")]
    old = rows.find(context.connection, Certificate, context.case.get("old_certificate_id"))
    ended = old is not None and not in_force(old, context.now) and old.state != "revoked"
    late = ended and method == "e_onay" and bool(context.window["e_onay_after_end"])
    renews = kind["old_certificate"] == "runs_out" and method not in BY_HAND
    if renews and not in_force(old, context.now) and not late and not _bridged(context, old):
        return deny("form.old_certificate_gone")
    if late or valid_of(context.connection, context.case["person_id"], context.now):
        return ALLOW
    if method == "wet_signature":
        accepted = context.window["paper_for_first"]
        return ALLOW if accepted else deny("form.paper_not_accepted")
    return deny("form.treated_as_first")


def _bridged(context: Context, old: Certificate | None) -> bool:
    """Say whether a card made again has one before it that was made for the lost old one.

    Then its application goes on, and the rules of production send it to be signed by hand.
    """
    return old is not None and successor.bridged(context, old) is not None


def ways_left(
    connection: Connection,
    person_id: int,
    methods: tuple[str, ...],
    window: Mapping[str, object],
    now: datetime,
) -> tuple[str, ...]:
    """Return the methods of a kind that are left to a person: all beside a certificate in force."""
    if valid_of(connection, person_id, now):
        return methods
    closed = {"e_imza"}
    closed |= set() if window["e_onay_after_end"] else {"e_onay"}
    closed |= set() if window["paper_for_first"] else {"wet_signature"}
    return tuple(method for method in methods if method not in closed)


def refused_again(context: Context) -> Verdict:
    """Ask at approval and production once more what was asked when it was filed."""
    verdict = refused_kind(context)
    if not verdict.allows:
        return verdict
    kind = context.definition.kinds[rows.text(context.case, "kind")]
    old = rows.find(context.connection, Certificate, context.case.get("old_certificate_id"))
    if old is not None and _ended_by_this(context, old, kind):
        return ALLOW
    return refused_method(context, str(context.case["method"]))


def other_open(context: Context) -> str | None:
    """Return another open application that would make a second certificate for the same need.

    That is one of the same kind for the same certificate; of any other kind for it once that is
    approved, unless it is a renewal that makes way for a kind by which the certificate ends.
    """
    need = _same_kind(context)
    if context.case.get("old_certificate_id") is not None and not _about_none(context):
        need |= _same_old(context) & Application.state.not_in(BEFORE_APPROVAL)
    others = (
        select(Application.reference)
        .join(PublishedDefinition, PublishedDefinition.sha256 == Application.definition)
        .where(*_of_person(context), need)
        .order_by(Application.id)
    )
    if _ends_the_old(context):
        others = others.where(~makes_way(context.definition))
    return context.connection.execute(others.limit(1)).scalar_one_or_none()


def making_way(context: Context) -> list[int]:
    """Return the renewals for whose certificate this application is, which ends it."""
    if not _ends_the_old(context):
        return []
    renewals = (
        select(Application.id)
        .join(PublishedDefinition, PublishedDefinition.sha256 == Application.definition)
        .where(*_of_person(context), _same_old(context), makes_way(context.definition))
        .order_by(Application.id)
    )
    return list(context.connection.execute(renewals).scalars())


def makes_way(definition: Definition) -> ColumnElement[bool]:
    """Return the condition for renewals that may close for another kind.

    They stand where the move starts, and their own definition knows it.
    """
    move = definition.transitions.get("give_way")
    return (
        Application.kind.in_(_kinds(definition.kinds, "runs_out"))
        & Application.state.in_(move.source if move else ())
        & PublishedDefinition.canonical.contains('"name":"give_way"')
    )


def _kinds(kinds: Mapping[str, Mapping[str, object]], effect: str) -> list[str]:
    return [name for name, kind in kinds.items() if kind["old_certificate"] == effect]


def _ends_the_old(context: Context) -> bool:
    kind = context.definition.kinds[rows.text(context.case, "kind")]
    return kind["old_certificate"] in {"revoke", "suspend"}


def _about_none(context: Context) -> bool:
    kind = context.definition.kinds[rows.text(context.case, "kind")]
    return kind["old_certificate"] == "none"


def _of_person(context: Context) -> tuple[ColumnElement[bool], ...]:
    return (
        Application.person_id == context.case["person_id"],
        Application.id != context.case_id,
        Application.state.not_in(FINAL_STATES),
    )


def _same_old(context: Context) -> ColumnElement[bool]:
    old = cast("int | None", context.case.get("old_certificate_id"))
    return Application.old_certificate_id.is_not_distinct_from(old)


def _same_kind(context: Context) -> ColumnElement[bool]:
    """Say of a row that it is of the same kind, and for the same certificate if about any."""
    same = Application.kind == context.case["kind"]
    return same if _about_none(context) else same & _same_old(context)
