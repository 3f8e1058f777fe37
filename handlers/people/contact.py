"""How a person is called and reached, changed by declared moves: workflow `contact_change`.

An e-mail address or telephone number is changed by its holder with the code that was sent there, a
delivery address by its holder while no parcel is under way, a name by two officers with the
document that the state itself has written. The log keeps keyed marks of the values, never the
values; a form, a certificate and an approval keep what they were made with.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from handlers.applications import message
from handlers.applications.form import deliverable
from handlers.applications.recheck import waiting_of
from handlers.certificates import renamed
from handlers.kit import rows
from handlers.people import changes, name_proof
from handlers.people.contact_wish import CodeEntered, ContactWish, other_address
from handlers.post import elsewhere, outbox
from handlers.post.channels import SMS, channels_of
from handlers.post.outbox import at_once
from states.cases.contact_change import ContactChange
from states.cases.parcel import Parcel
from states.logs.journal import JournalEntry
from states.people.person import Person
from states.people.telephone import mobile_number
from workflow.model.clock import ISTANBUL
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from handlers.kit.context import Context
    from workflow.model.verdict import Verdict

DIGITS = 6
CODE_LIFE = timedelta(minutes=15)
TRIES = 5
"""Wrong codes after which a change cannot be proved any more; so stands it in `workflows.yaml`."""

ASKED_A_DAY = 5
"""Changes by code that somebody may begin within a day, so that nobody is flooded with codes."""

UNDER_WAY = ("booked", "handed_over")
"""States of a parcel that has its address."""

CODE, TOLD = "code", "changed"
"""The names of the messages of a change."""

APPROVE = "approve"
"""The move by which a second officer agrees to a name."""

PROVED_BY_CODE = ("email", "phone")


@check
def askable(context: Context) -> Verdict:
    """Allow a change by the person: to something else, that a code can reach, not too often."""
    found = _wanted(context)
    if isinstance(found, ContactWish):
        what = rows.text(context.case, "field")
        if what == "address":
            return _sendable(context, found.values[what])
        return _reachable(context, what, found.values[what])
    return found


@check
def proposable(context: Context) -> Verdict:
    """Allow a name that is another one than the person has now; to approve it also by its proof."""
    found = _wanted(context)
    if not isinstance(found, ContactWish):
        return found
    return name_proof.judge(context) if context.transition.name == APPROVE else ALLOW


def _wanted(context: Context) -> ContactWish | Verdict:
    """Return what is wanted; the refusal of what is there already or of which nothing is left."""
    wish = ContactWish.opened(context.services.vault, _sealed(context))
    known = changes.known_of(context.connection, rows.number(context.case, "person_id"))
    if wish is None or known is None:
        return deny("contact.gone")
    same = all(known[name] == value for name, value in wish.values.items())
    return deny("contact.same") if same else wish


def _sealed(context: Context) -> bytes | None:
    sealed = context.case.get("sealed")
    return bytes(sealed) if isinstance(sealed, bytes | memoryview) else None


def _sendable(context: Context, address: str) -> Verdict:
    """Allow an address for cards while no parcel is under way to the one of before."""
    under_way = select(Parcel.id).where(
        Parcel.person_id == context.case["person_id"], Parcel.state.in_(UNDER_WAY)
    )
    if context.connection.execute(under_way.limit(1)).first() is not None:
        return deny("contact.parcel_under_way")
    return deliverable(address)


def _reachable(context: Context, what: str, address: str) -> Verdict:
    """Allow an address to which a code can go now, where not too many have gone already."""
    where = other_address(CODE, what, address)
    if where.channel not in channels_of(context.services):
        return deny(f"contact.no_{where.channel}")
    sms = context.services.sms
    if where.channel == SMS and mobile_number(address) is None:
        return deny("contact.not_mobile")
    quiet = sms.quiet if sms is not None and where.channel == SMS else None
    if quiet is not None and quiet.hold(context.now.astimezone(ISTANBUL).time()):
        return deny("contact.quiet", until=f"{quiet.until:%H:%M}")
    begun = select(func.count()).where(
        ContactChange.person_id == context.case["person_id"],
        ContactChange.field.in_(PROVED_BY_CODE), ContactChange.id != context.case_id,
        ContactChange.created_at > context.now - timedelta(days=1),
    )  # fmt: skip
    often = context.connection.execute(begun).scalar_one() >= ASKED_A_DAY
    return deny("contact.too_often", most=ASKED_A_DAY) if often else ALLOW


@check
def proved(context: Context) -> Verdict:
    """Allow the change to whoever has read the code that was sent to the new address."""
    if context.rehearsal:
        return ALLOW
    wish = _wanted(context)
    if not isinstance(wish, ContactWish):
        return wish
    right = is_code(wish, CodeEntered.of(context.payload).code)
    return ALLOW if right else deny("contact.wrong_code")


def is_code(wish: ContactWish, typed: str | None) -> bool:
    """Say whether somebody has typed the code, with whatever blanks and hyphens."""
    digits = "".join(sign for sign in typed or "" if sign.isascii() and sign.isdecimal())
    return hmac.compare_digest(digits.encode(), wish.code.encode())


@check
def own_proposal(context: Context) -> Verdict:
    """Allow a proposal to be taken back by who made it."""
    proposed = select(JournalEntry.actor).where(
        JournalEntry.case_id == context.case_id, JournalEntry.trigger == "propose"
    )
    mine = context.connection.scalar(proposed) == context.actor.name
    return ALLOW if mine else deny("contact.not_yours")


@action(writes=("expires_at",))
def send_code(context: Context) -> None:
    """Send a new code to the address that is to be proved, and begin the time of its life."""
    vault = context.services.vault
    wish = _sound(context)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    what = rows.text(context.case, "field")
    context.update(
        sealed=ContactWish(wish.values, code).seal(vault), expires_at=context.now + CODE_LIFE
    )
    letter = message.write(
        context.connection, "contact/code", context.case, "", context.today,
        what=what, code=elsewhere.CODE_PLACE,
    )  # fmt: skip
    where = other_address(CODE, what, wish.values[what], code)
    elsewhere.put(context.connection, vault, context.case, letter, context.now, where)
    context.note(field=what, channel=where.channel)


@action(writes=("misses",))
def count_miss(context: Context) -> None:
    """Count a wrong code."""
    misses = rows.number(context.case, "misses") + 1
    context.update(misses=misses)
    context.note(misses=misses)


@action
def describe(context: Context) -> None:
    """Say in the journal what is proposed, without a name."""
    context.note(field=context.case["field"])


@action(fires=("certificate.hold", "certificate.suspend"))
def apply(context: Context) -> None:
    """Write what was wanted, keep that it was, look again at what rests on it, and tell of it."""
    connection, person_id = context.connection, rows.number(context.case, "person_id")
    person = select(Person.id).where(Person.id == person_id)
    connection.execute(person.with_for_update(key_share=True))
    wish, known = _sound(context), changes.known_of(connection, person_id) or {}
    what = rows.text(context.case, "field")
    changes.write_person(connection, person_id, {**known, **wish.values}, known["institution"])
    _keep(context, known, wish)
    if what == "name":
        name_proof.name_scans(context)
        renamed.hold(context, person_id, (known["given_name"], known["surname"]))
    if what != "address":
        for case_id, _ in waiting_of(connection, person_id):
            context.wake(case_id)
    forget(context)
    _tell(context, what, known.get(what, ""))
    context.note(field=what)


@action
def forget(context: Context) -> None:
    """Wipe what was wanted, and the code of a message that has not left."""
    elsewhere.withdraw(context.connection, context.case_id, CODE)
    context.update(sealed=None)


def _sound(context: Context) -> ContactWish:
    """Return what is wanted, which the check of the move has seen."""
    wish = ContactWish.opened(context.services.vault, _sealed(context))
    if wish is None:  # pragma: no cover - the check of each move refuses it
        raise TypeError(context.case_id)
    return wish


def _keep(context: Context, known: dict[str, str], wish: ContactWish) -> None:
    """Write into the log of the data what has changed, by marks, and by which document."""
    vault, proof = context.services.vault, context.case.get("proof")
    pairs = {name: (known[name], value) for name, value in wish.values.items()}
    marks = changes.marked(vault, {name: pair for name, pair in pairs.items() if len({*pair}) > 1})
    line: dict[str, object] = {"marks": marks}
    source = changes.OWN
    if isinstance(proof, dict):
        shown = changes.DocumentShown(proof["kind"], proof["number"], proof["copy_at"])
        line, source = changes.logged(marks, shown, proof["reason"]), changes.DESK
    line["person_id"] = context.case["person_id"]
    changes.keep(context.connection, context.actor.name, context.now, source, line)


def _tell(context: Context, what: str, before: str) -> None:
    """Tell of the change where the person was reached before it, else where they are reached."""
    letter = message.write(
        context.connection, "contact/changed", context.case, "", context.today, what=what
    )
    if what in PROVED_BY_CODE and before:
        where = other_address(TOLD, what, before)
        dialled = where.channel != SMS or mobile_number(before) is not None
        if where.channel in channels_of(context.services) and dialled:
            elsewhere.put(
                context.connection, context.services.vault, context.case, letter, context.now,
                where,
            )  # fmt: skip
            return
    key = f"{context.case_id}/contact/{TOLD}"
    outbox.put(
        context.connection, context.case, key, letter, context.now, at_once(context.services)
    )
