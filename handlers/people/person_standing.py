"""What becomes of a person's cards, e-onay and applications when they die, leave or are barred.

An officer states it once, by a document; everything that follows happens in the same transaction,
each as a move of its own case. Law 5070, article 11, has a certificate revoked at once when the
limited capacity, bankruptcy, declared absence or death of its holder is learnt; who leaves their
institution loses what it asked for (docs/decisions/standing.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from handlers.kit import notes
from handlers.kit.roles import OFFICER, REGISTRARS, SYSTEM
from handlers.people import changes
from states.cases.application import FINAL_STATES, Application
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.kit.invalid import Invalid
from states.people.person import IN_OFFICE, Person
from workflow.model.actor import system
from workflow.model.clock import day_in_istanbul
from workflow.model.definition import OTHER, Text
from workflow.model.refusal import Busy, RuleFailed
from workflow.model.request import Request

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import Connection, Select

    from handlers.kit.context import CaseEngine
    from handlers.people.changes import DocumentShown
    from states.kit.vault import Vault
    from workflow.engine.cases import CaseRow
    from workflow.engine.transaction import Work
    from workflow.model.actor import Actor
    from workflow.model.definition import Definition, Transition

_SYSTEM = system("standing")

TITLES = {
    IN_OFFICE: Text("Görevde", "In office"),
    "left": Text("Kurumundan ayrıldı", "Has left the institution"),
    "blocked": Text("İşlemleri durduruldu", "Proceedings stopped"),
    "dead": Text("Öldü", "Dead"),
}
"""What a standing is called."""

PROOFS = {
    "register_extract": Text("Nüfus kayıt örneği", "Extract of the civil register"),
    "death_record": Text("Ölüm belgesi", "Death certificate"),
    "court_order": Text("Mahkeme kararı", "Court order"),
    "employment_letter": Text("Kurum yazısı", "Letter of the institution"),
    "report": Text("Tutanak", "Written report"),
}
"""What may be shown for a person's standing."""

_COURT = ("court_order", "register_extract")

_CLOSING = (
    "cancel_by_office", "stop_production_by_office", "stop_production", "recall",
)  # fmt: skip
"""How an application is brought to its end, the shortest way first."""

_STOPPING = ("stop_production_by_office", "stop_production", "recall")
"""How no card is made or handed over, while the application itself stays."""


@dataclass(frozen=True, slots=True)
class StandingGround:
    """What was learnt of a person: the standing that follows, what proves it, what is done.

    ``said`` is the reason of each move; of ``codes`` each takes the first that it knows.
    """

    title: Text
    standing: str
    proofs: tuple[str, ...]
    said: str = ""
    codes: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ("revoke",)
    consents: tuple[str, ...] = ("end_by_office", "abandon")
    applications: tuple[str, ...] = _CLOSING


GROUNDS: Mapping[str, StandingGround] = {
    "death": StandingGround(
        Text("Öldü", "Has died"), "dead", ("death_record", "register_extract", "court_order"),
        "Sertifika sahibi öldü", ("died",),
    ),
    "incapacity": StandingGround(
        Text("Fiil ehliyeti sınırlandı", "Legal capacity restricted"), "blocked", _COURT,
        "Sertifika sahibinin fiil ehliyeti sınırlandı", ("restricted",),
    ),
    "bankruptcy": StandingGround(
        Text("İflas etti", "Bankrupt"), "blocked", _COURT, "Sertifika sahibi iflas etti"),
    "absence": StandingGround(
        Text("Gaipliğine karar verildi", "Declared an absentee"), "blocked", _COURT,
        "Sertifika sahibinin gaipliğine karar verildi", ("restricted",),
    ),
    "suspicion": StandingGround(
        Text("Kimliği ya da belgeleri inceleniyor", "Identity or documents under investigation"),
        "blocked", ("report", "court_order"),
        "Sertifika sahibinin kimliği ya da belgeleri inceleniyor",
        ("identity_doubt", "fraud_doubt"),
        certificates=("hold", "suspend"), consents=(), applications=_STOPPING,
    ),
    "left": StandingGround(
        Text("Kurumundan ayrıldı", "Has left the institution"), "left", ("employment_letter",),
        "Sertifika sahibi kurumundan ayrıldı", ("left_office",),
    ),
    "back": StandingGround(
        Text("Görevde", "In office"),
        IN_OFFICE, ("employment_letter", "register_extract", "court_order", "report"),
        certificates=(), consents=(), applications=(),
    ),
}  # fmt: skip
"""What an officer may state of a person."""


@dataclass(frozen=True, slots=True)
class StandingChange:
    """What an officer states: the ground, since when, the mark of what was shown, document, why."""

    ground: str
    since: date
    seen: str
    proof: DocumentShown
    reason: str


@dataclass(slots=True)
class StandingChanged:
    """What followed: the cases that moved, and those that somebody has to look after by hand."""

    moved: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def known_of(connection: Connection, person_id: int) -> dict[str, str] | None:
    """Return a person's standing and since when; None of nobody, and of one who is erased."""
    query = select(Person.standing, Person.standing_since).where(
        Person.id == person_id, Person.erased_at.is_(None)
    )
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    return {"standing": found.standing, "since": str(found.standing_since or "")}


def view_of(vault: Vault, known: Mapping[str, str]) -> str:
    """Return the mark of the standing that a page shows."""
    return changes.view_of(vault, known)


def state_of(ground: str | None) -> Text | None:
    """Return the words for what a line of the log says that became of a person."""
    found = GROUNDS.get(ground or "")
    return found.title if found else None


def declare(
    engine: CaseEngine, person_id: int, actor: Actor, wish: StandingChange
) -> StandingChanged:
    """State what was learnt of a person and do all that follows, or nothing.

    Invalid for what cannot be stated: of oneself, without its document, of a
    day to come, on a page that shows what is no longer so, while somebody else moves a case.
    """
    hand = notes.at_desk(engine, actor, "declare_standing", REGISTRARS)
    if actor.person_id == person_id:
        raise Invalid("standing.own")
    ground = _ground(wish, day_in_istanbul(hand.at))
    done = StandingChanged()
    try:
        with engine.together() as work:
            _close(_Closing(engine, work, actor, ground, done), person_id)
            values = {"person_id": person_id, "became": wish.ground, "since": wish.since}
            _write(engine, work.connection, person_id, wish, ground)
            changes.keep(
                work.connection, hand.actor, hand.at, changes.DESK,
                {**changes.logged({}, wish.proof, wish.reason), **values},
            )  # fmt: skip
    except Busy as busy:
        raise Invalid("standing.busy") from busy
    return done


def _ground(wish: StandingChange, today: date) -> StandingGround:
    ground = GROUNDS.get(wish.ground)
    if ground is None:
        raise Invalid("ground.missing")
    if wish.since > today:
        raise Invalid("since.future")
    if wish.proof.kind not in ground.proofs:
        raise Invalid("proof.of_standing", documents=[PROOFS[one] for one in ground.proofs])
    changes.judge_proof(wish.proof, wish.reason)
    return ground


def _write(
    engine: CaseEngine,
    connection: Connection,
    person_id: int,
    wish: StandingChange,
    ground: StandingGround,
) -> None:
    """Write the standing on the person's row; Invalid when it is not what the page showed."""
    # FOR NO KEY UPDATE: whoever files a case meanwhile may go on to refer to this row.
    connection.execute(
        select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    )
    known = known_of(connection, person_id)
    if known is None:
        raise Invalid("data.unknown")
    if view_of(engine.services.vault, known) != wish.seen:
        raise Invalid("standing.stale")
    if known["standing"] == ground.standing == IN_OFFICE:
        raise Invalid("ground.same")
    values = {"standing": ground.standing, "standing_since": wish.since}
    connection.execute(update(Person).where(Person.id == person_id).values(values))


@dataclass(frozen=True, slots=True)
class _Closing:
    """One act over the cases of a person: who does it, why, and what came of it."""

    engine: CaseEngine
    work: Work
    actor: Actor
    ground: StandingGround
    done: StandingChanged


def _close(act: _Closing, person_id: int) -> None:
    """Move the person's cases: applications first, for production holds theirs the longest."""
    for workflow, ways, query in (
        ("application", act.ground.applications, _applications(person_id)),
        ("consent", act.ground.consents, _consents(person_id)),
        ("certificate", act.ground.certificates, _certificates(person_id)),
    ):
        if not ways:
            continue
        for case_id, reference in act.work.connection.execute(query).all():
            moved = _finish(act, workflow, case_id, ways)
            (act.done.moved if moved else act.done.left).append(reference)


def _finish(act: _Closing, workflow: str, case_id: int, ways: tuple[str, ...]) -> bool:
    """Move a case by its ways, by each once at most, for as long as one starts where it stands.

    Say whether it went anywhere, be it along with another case.
    """
    definition, row = act.work.read(act.engine.library.workflow(workflow), case_id, lock=True)
    move = _way(definition, row, ways)
    if move is None:
        return definition.states[row.state].final
    if not _go(act, definition, row, move):
        return False
    _finish(act, workflow, case_id, tuple(way for way in ways if way != move.name))
    return True


def _way(definition: Definition, row: CaseRow, ways: tuple[str, ...]) -> Transition | None:
    """Return the first way that starts where a case stands, for an officer or the system."""
    for name in ways:
        if definition.starts(name, row.state):
            move = definition.transitions[name]
            if not {OFFICER, SYSTEM}.isdisjoint(move.by):
                return move
    return None


def _go(act: _Closing, definition: Definition, row: CaseRow, move: Transition) -> bool:
    """Make one move by itself; False when a rule of the case stands in the way.

    It is the system's, as what follows from the statement, except where only an officer may.
    """
    actor = _SYSTEM if SYSTEM in move.by else act.actor
    request = Request(move.name, actor, reason=_reason(move, act.ground))
    try:
        with act.work.connection.begin_nested():
            act.work.move(definition, row.id, request)
    except RuleFailed:
        return False
    return True


def _reason(move: Transition, ground: StandingGround) -> str:
    """Return the reason of a move as it takes one: a code of its own, or own words."""
    if not move.reasons:
        return ground.said
    known = (code for code in ground.codes if code in move.reasons)
    return next(known, f"{OTHER}: {ground.said}")


def _applications(person_id: int) -> Select[int, str]:
    mine = Application.person_id == person_id
    return (
        select(Application.id, Application.reference)
        .where(mine, Application.state.not_in(FINAL_STATES))
        .order_by(Application.id)
    )


def _consents(person_id: int) -> Select[int, str]:
    standing = Consent.state.in_(("offered", "awaiting_status", "in_force"))
    return (
        select(Consent.id, Consent.reference)
        .where(Consent.person_id == person_id, standing)
        .order_by(Consent.id)
    )


def _certificates(person_id: int) -> Select[int, str]:
    """Select what can be used or come to be; that of another authority refuses to be ended here."""
    living = Certificate.state.in_(("active", "suspended"))
    return (
        select(Certificate.id, Certificate.reference)
        .where(Certificate.person_id == person_id, living)
        .order_by(Certificate.id)
    )
