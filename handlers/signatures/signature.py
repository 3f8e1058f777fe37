"""The moves that a signature carries: which are allowed by it, and that it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.consents.consent import overtaken
from handlers.signatures import store, validate
from workflow.model.registry import action, check

if TYPE_CHECKING:
    from handlers.kit.context import Context
    from workflow.model.verdict import Verdict


@check
def on_consent(context: Context) -> Verdict:
    """Allow a consent signed by its own person with a qualified certificate in force."""
    return validate.complete(context)


@check
def on_form(context: Context) -> Verdict:
    """Allow an application whose frozen form its own person signed with a certificate in force."""
    return validate.complete(context)


@check
def to_confirm(context: Context) -> Verdict:
    """Allow what its own person signed, as far as can be seen, while a service is out of reach.

    The status of the certificate or the time-stamp is asked for later (`confirmed`); here all is
    checked that needs nobody else. What needs no asking is not taken to wait.
    """
    return validate.good_but_for_status(context)


@check
def confirmed(context: Context) -> Verdict:
    """Allow a signature that waited and is known by now to have been good when it was made.

    An e-onay must not come in force by it once its person has withdrawn or signed another since.
    """
    verdict = validate.unusable(context)
    if verdict is not None:
        return verdict
    if context.definition.name == "consent":
        verdict = overtaken(context)
        if not verdict.allows:
            return verdict
    return validate.good_by_now(context)


@action(fires=("certificate.see", "application.redate", "application.replan"))
def keep(context: Context) -> None:
    """Keep container and validation for good, and name both documents in the journal."""
    store.keep_signature(context)


@action
def settle(context: Context) -> None:
    """Keep what came of a signature that waited: its next form, with the validation that counts."""
    store.keep_settled(context)
