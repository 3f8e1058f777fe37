"""When a new certificate ends the old one: at approval, at production, or once it is active.

When is part of the kind. What was lost or is no longer true ends with the approval (law 5070,
article 11: at once); a card that works serves its holder until the new one is usable. A kind of a
definition that names no moment ends the old certificate when the new one is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from handlers.certificates import successor
from handlers.certificates.foreign import end_old
from handlers.kit import rows
from states.cases.application import Application
from states.cases.certificate import Certificate
from workflow.model.registry import action

if TYPE_CHECKING:
    from handlers.kit.context import Context

_WHEN_MADE = "production"


@action(fires=("certificate.revoke", "certificate.suspend", "certificate.send_to_authority"))
def at_approval(context: Context) -> None:
    """End the old certificate where the kind of application says that its approval does."""
    if _moment(context) == "approval":
        _end_old_of(context)
        _end_what_was_to_follow(context)


@action(fires=("certificate.revoke", "certificate.send_to_authority"))
def at_activation(context: Context) -> None:
    """Revoke the certificate that this one, usable from now on, takes the place of; if any."""
    old = rows.find(context.connection, Certificate, context.case.get("replaces_id"))
    if old is not None:
        application = rows.fetch(context.connection, Application, context.case["application_id"])
        end_old(context, old, "revoke", f"{application.reference}: {application.kind}")


def at_production(context: Context, certificate_id: int) -> None:
    """End the old certificate of an application, or leave that to the one that was made for it."""
    match _moment(context):
        case "production":
            _end_old_of(context)
        case "activation":
            made = update(Certificate).where(Certificate.id == certificate_id)
            old = rows.optional_number(context.case, "old_certificate_id")
            context.connection.execute(made.values(replaces_id=old))


def _end_what_was_to_follow(context: Context) -> None:
    """End what would begin after the old certificate, where it is no longer true either."""
    old = rows.find(context.connection, Certificate, context.case.get("old_certificate_id"))
    reason = f"{rows.text(context.case, 'reference')}: {context.case['kind']}"
    for found in successor.all_living(context, old) if old is not None else ():
        if found.begins_later(context.now) and not successor.serves(context, found.id):
            made = rows.fetch(context.connection, Certificate, found.id)
            end_old(context, made, "revoke", reason)


def _moment(context: Context) -> str:
    kind = context.definition.kinds[rows.text(context.case, "kind")]
    return str(kind.get("old_ends", _WHEN_MADE))


def _end_old_of(context: Context) -> None:
    kind = context.definition.kinds[rows.text(context.case, "kind")]
    old = rows.find(context.connection, Certificate, context.case.get("old_certificate_id"))
    if old is not None and kind["old_certificate"] in {"revoke", "suspend"}:
        reason = f"{rows.text(context.case, 'reference')}: {context.case['kind']}"
        end_old(context, old, str(kind["old_certificate"]), reason)
