"""What a worker does by the clock beside effects and sweeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.applications import institution_letter, window
from handlers.cards import reminders
from handlers.certificates import revocation_lists
from handlers.desk import absences
from handlers.desk.batches import work_off_batches
from handlers.kit import rate_limits, sessions
from handlers.lists import uploads
from handlers.post import delivery
from handlers.post.carriers import carriers_of
from handlers.post.receipt_maildir import read_maildir
from handlers.radar.sweep import sweep as sweep_radar
from handlers.reminders import sweep as ladder
from handlers.reminders import telling
from handlers.signatures.final import Finalisation
from handlers.unit_letters import sending
from handlers.upkeep import figures, jobs, purging, retention
from web.site.guarded import DatabaseGuard
from workflow.running.journal_verification import prove
from workflow.running.worker import Chore

if TYPE_CHECKING:
    from handlers.kit.context import CaseEngine


BATCHES = 2.0
"""Seconds between two looks for batches and lists: somebody sits before the page and waits."""

PROOF = 3.0
"""Seconds between two looks whether a proof of the journal is asked for."""

FIGURES = 60.0
"""Seconds between two counts for the overview."""

RADAR = 60.0
"""Seconds between two looks at whoever something has changed of, for the coordinators' radar."""

LISTS = 1.0
"""Seconds between two looks whether a revocation list is due: somebody has lost a card."""

POST = 1.0
"""Seconds between two looks whether a message is to be handed over."""

RECEIPTS = 15.0
"""Seconds between two looks for what has come back of messages."""

REMINDERS = 600.0
"""Seconds between two looks for holders to be reminded, or asked whether their data hold."""

ABSENCES = 300.0
"""Seconds between two looks for people of the desk whose absence has begun."""

LETTERS = 600.0
"""Seconds between two looks whether the letters of the day are due."""

GUARD = 60.0
"""Seconds between two looks at triggers, owners and rights of the database."""

SECRETS = 60.0
"""Seconds between two looks for cards that need no secret any more."""

RETENTION = 86_400.0
"""Seconds between two looks for people whose time is over, and for jobs that are forgotten."""


def chores(engine: CaseEngine) -> list[Chore]:
    """Keep lists fresh, the policy applied, the signatures provable, data no longer than due."""
    services = engine.services
    carriers = carriers_of(services, engine.clock.now)

    def refresh_lists() -> None:
        revocation_lists.publish_due(engine.database, services, engine.clock.now(), engine.point)

    def clean_up() -> None:
        now = engine.clock.now()
        sessions.clean(engine.database, now)
        rate_limits.forget(engine.database, None, now)

    def forget_jobs() -> None:
        jobs.forget(engine.database, engine.clock.now())

    def forget_rest() -> None:
        purging.forget(engine.database, engine.clock.now())

    return [
        Chore("revocation_lists", refresh_lists, every=LISTS),
        Chore("post", lambda: delivery.deliver(engine, carriers), every=POST),
        Chore("receipts", lambda: read_maildir(engine, services.receipts.maildir), every=RECEIPTS),
        Chore("policy", lambda: window.recompute(engine)),
        Chore("signatures", Finalisation(engine).run),
        Chore("sessions", clean_up),
        Chore("figures", lambda: figures.count(engine), every=FIGURES),
        Chore("radar", lambda: sweep_radar(engine), every=RADAR),
        Chore("letters", lambda: institution_letter.write_letters(engine), every=LETTERS),
        Chore("unit_letters", lambda: sending.work_off(engine), every=BATCHES),
        Chore("reminders", lambda: reminders.remind(engine), every=REMINDERS),
        Chore("data_checks", lambda: window.ask_to_check(engine), every=REMINDERS),
        Chore("ladder", lambda: ladder.remind(engine), every=REMINDERS),
        Chore("asked_reminders", lambda: telling.tell_holders(engine), every=BATCHES),
        Chore("secrets", lambda: retention.erase_due(engine, "card_secrets"), every=SECRETS),
        Chore("retention", lambda: retention.erase_due(engine), every=RETENTION),
        Chore("guard", DatabaseGuard(engine.database, every=0).differs, every=GUARD),
        Chore("finished_jobs", forget_jobs, every=RETENTION),
        Chore("forgetting", forget_rest, every=RETENTION),
        Chore("proof", lambda: prove(engine), every=PROOF),
        Chore("absences", lambda: absences.hand_over(engine), every=ABSENCES),
        Chore("batches", lambda: work_off_batches(engine), every=BATCHES),
        Chore("uploads", lambda: uploads.work_off(engine), every=BATCHES),
    ]
