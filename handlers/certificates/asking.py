"""Who asked the office to suspend or revoke a certificate, and how they were recognised.

A request is kept with its result (EN 319 411-1, 6.2.4): the entry of the move names both, beside
the reason. What a person does themselves at the portal needs neither, for their sign-in says it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.kit.payload import MovePayload, given
from states.people.institution import Institution
from states.people.person import Person
from states.people.user import User
from workflow.loading.vocabulary import SYSTEM
from workflow.model.definition import Text
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.kit.context import Context
    from workflow.model.context import Payload
    from workflow.model.verdict import Verdict

ASKED_BY: Mapping[str, Text] = {
    "holder": Text("Sertifika sahibi", "The holder"),
    "representative": Text(
        "Yasal temsilcisi ya da vekili", "The holder’s legal representative or proxy"
    ),
    "institution": Text("Kurumu", "The holder’s institution"),
    "court": Text("Mahkeme", "A court"),
    "authority": Text("Yetkili makam", "A competent authority"),
    "office": Text("Başvuru ofisi (kendi tespiti)", "The registration office (by its own finding)"),
}
"""Who may ask, with the words of the form."""

RECOGNISED: Mapping[str, Text] = {
    "in_person": Text("Yüz yüze, kimlik belgesiyle", "Face to face, by an identity document"),
    "registered_phone": Text(
        "Kayıtlı telefonundan geri aranarak", "By calling back the registered telephone number"
    ),
    "signed_document": Text(
        "Güvenli elektronik imzalı ya da kayıtlı elektronik posta ile",
        "By a qualified electronic signature or registered e-mail",
    ),
    "official_letter": Text(
        "Resmî yazının doğruluğu denetlenerek", "By checking that the official letter is genuine"
    ),
    "own_records": Text("Ofisin kendi kayıtlarından", "From the office’s own records"),
}
"""How whoever asks was recognised, with the words of the form."""

_FITTING: Mapping[str, frozenset[str]] = {
    "holder": frozenset({"in_person", "registered_phone", "signed_document"}),
    "representative": frozenset({"in_person", "signed_document"}),
    "institution": frozenset({"signed_document", "official_letter"}),
    "court": frozenset({"signed_document", "official_letter"}),
    "authority": frozenset({"signed_document", "official_letter"}),
    "office": frozenset({"own_records"}),
}


@dataclass(frozen=True, slots=True)
class Requester(MovePayload):
    """Who asked, a key of ASKED_BY, and how they were recognised, one of RECOGNISED.

    "" stands where nothing is said of it.
    """

    asked_by: str
    recognised: str

    @classmethod
    def of(cls, payload: Payload) -> Requester:
        """Return what a move brings."""
        return cls(*(given(payload, name, str) or "" for name in ("asked_by", "recognised")))


@check
def told(context: Context) -> Verdict:
    """Allow what says who asked and how they were recognised, in a way that fits.

    The system asks for nothing: it acts because of another move, which its reason names.
    """
    if context.rehearsal or SYSTEM in context.actor.roles:
        return ALLOW
    said = Requester.of(context.payload)
    if said.asked_by not in ASKED_BY:
        return deny("asking.nobody")
    if said.recognised not in RECOGNISED:
        return deny("asking.not_recognised")
    return ALLOW if said.recognised in _FITTING[said.asked_by] else deny("asking.does_not_fit")


@check
def of_own_staff(context: Context) -> Verdict:
    """Allow a coordinator to ask about the staff of their own institution and of those below it."""
    ours = select(Institution.path).join(User, User.institution_id == Institution.id)
    theirs = select(Institution.path).join(Person, Person.institution_id == Institution.id)
    within = context.connection.scalar(ours.where(User.id == _account(context)))
    path = context.connection.scalar(theirs.where(Person.id == context.case["person_id"]))
    own = within is not None and path is not None and path.startswith(within)
    return ALLOW if own else deny("asking.other_institution")


def _account(context: Context) -> int | None:
    number = context.actor.name.removeprefix("user:")
    return int(number) if number.isascii() and number.isdecimal() else None


@action(writes=("end_asked_at",))
def note(context: Context) -> None:
    """Keep since when the office has a request before it."""
    context.update(end_asked_at=context.now)


@action(writes=("end_asked_at",))
def settle(context: Context) -> None:
    """Keep that the request is decided; the entry of the move says how."""
    context.update(end_asked_at=None)


@action
def keep(context: Context) -> None:
    """Write both into the journal."""
    if SYSTEM not in context.actor.roles:
        said = Requester.of(context.payload)
        context.note(asked_by=said.asked_by, recognised=said.recognised)
