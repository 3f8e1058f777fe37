"""Finalisation of signatures: validated for good after the grace period, renewed before they fade.

A form is made outside any transaction and stored in one of its own, so a worker may be killed at
any point: either the next form is there or it is still due. Two workers that make the same one
write it once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from handlers.consents import ending
from handlers.papers import letters
from handlers.signatures.store import form_values, lacks_evidence, rules_for, stamp_end
from signing.app.words.validation import sentence_of
from signing.cms.container import OWN_LIMIT
from signing.cms.levels import Level, level
from signing.errors import ContainerUnusable, SigningError
from signing.validation import augmentation
from signing.validation.trust import Revocation
from signing.validation.validate import validate
from signing.verdict import Indication, SubIndication
from states.kit.log_events import LogEvent
from states.papers.augmentation import Augmentation
from states.papers.document import Document
from states.papers.signature import Signature
from workflow.running import service_outages
from workflow.running.service_outages import Failed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from handlers.kit.services import Services
    from signing.network.online import Online
    from signing.validation.validate import Validation

BATCH = 50
"""Signatures of one turn; what is still due waits for the next."""

OURS = frozenset(
    {
        SubIndication.FORMAT_FAILURE,
        SubIndication.HASH_FAILURE,
        SubIndication.SIG_CRYPTO_FAILURE,
    }
)
"""What is wrong with a form by our making alone: the signature was kept because it was intact."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=30), timedelta(days=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Due:
    """A signature whose next form is due: its newest form, and when it was first stamped.

    `profile` is the one it names; `open` says that it was never yet validated for good.
    """

    signature_id: int
    n: int
    level: Level
    container: bytes
    proved: datetime
    profile: str
    open: bool


@dataclass
class Finalisation:
    """The chore over all signatures of an office; remembers only whom to leave alone for now."""

    engine: CaseEngine
    _failed: Counter[int] = field(default_factory=Counter)
    _resting: dict[int, datetime] = field(default_factory=dict)

    def run(self) -> Counter[str]:
        """Make the next form of what is due, a batch of it; say how many came to which level.

        What rests on a signature that failed at last is ended with it.
        """
        services, now = self.engine.services, self.engine.clock.now()
        done: Counter[str] = Counter()
        if services.online is not None:
            self._finalise(services, services.online, now, done)
        ending.end_failed(self.engine)
        return done

    def _finalise(
        self, services: Services, online: Online, now: datetime, done: Counter[str]
    ) -> None:
        self._resting = {key: until for key, until in self._resting.items() if until > now}
        for signature_id in self._due(now):
            done[self._next(services, online, signature_id, now)] += 1
        if done:
            log.info(LogEvent.SIGNATURES_AUGMENTED, **done)

    def _due(self, now: datetime) -> list[int]:
        newer = aliased(Augmentation)
        first = select(Signature.id, Signature.augment_at).where(
            Signature.augment_at <= now,
            ~exists().where(Augmentation.signature_id == Signature.id),
        )
        report = Augmentation.report
        later = select(Augmentation.signature_id, Augmentation.augment_at).where(
            Augmentation.augment_at <= now,
            or_(
                report.is_(None),
                report["indication"].astext == Indication.TOTAL_PASSED.value,
                report["settles_at"].astext.is_not(None),
            ),
            ~exists().where(
                newer.signature_id == Augmentation.signature_id, newer.n > Augmentation.n
            ),
        )
        due = first.union_all(later).subquery()
        chosen = (
            select(due.c.id)
            .where(due.c.id.not_in(self._resting))
            .order_by(due.c.augment_at, due.c.id)
            .limit(BATCH)
        )
        with self.engine.database.connect() as connection:
            return list(connection.execute(chosen).scalars())

    def _next(self, services: Services, online: Online, signature_id: int, now: datetime) -> str:
        """Make and keep one form; give its level, or "failed"."""
        try:
            with self.engine.database.connect() as connection:
                due, content = _read(connection, signature_id)
            container = _next_form(services, online, due, content, now)
            validated = _validated(services, due, container, content, now)
            self._keep(due, container, validated)
        except SigningError as error:
            self._rest(signature_id, now, error.code)
            return "failed"
        del self._failed[signature_id]
        service_outages.clear(self.engine.database, _key(signature_id))
        if not validated.passed:
            log.error(
                LogEvent.SIGNATURE_FAILED_AT_LAST, signature=signature_id, **_found(validated)
            )
            return "refused"
        return level(container).value

    def _rest(self, signature_id: int, now: datetime, why: str) -> None:
        tries = self._failed[signature_id]
        self._failed[signature_id] += 1
        pause = min(FIRST_PAUSE * 2 ** min(tries, 10), LONGEST_PAUSE)
        self._resting[signature_id] = now + pause
        seconds = round(pause.total_seconds())
        log.warning(
            LogEvent.SIGNATURE_NOT_AUGMENTED, signature=signature_id, code=why, seconds=seconds
        )
        of_case = select(Signature.case_id).where(Signature.id == signature_id)
        with self.engine.database.connect() as connection:
            case_id = connection.scalar(of_case)
        failed = Failed(_key(signature_id), "signature", why, now, now + pause, case_id)
        service_outages.note(self.engine.database, failed)

    def _keep(self, due: _Due, container: bytes, validated: Validation) -> None:
        values = form_values(due.signature_id, due.n + 1, container, validated)
        with self.engine.database.begin() as connection:
            connection.execute(insert(Augmentation).values(values).on_conflict_do_nothing())


def _key(signature_id: int) -> str:
    return f"signature/{signature_id}"


def _read(connection: Connection, signature_id: int) -> tuple[_Due, bytes]:
    first = connection.execute(
        select(Signature.container, Signature.report, Signature.document_sha256).where(
            Signature.id == signature_id
        )
    ).one()
    newest = connection.execute(
        select(Augmentation.n, Augmentation.level, Augmentation.container, Augmentation.report)
        .where(Augmentation.signature_id == signature_id)
        .order_by(Augmentation.n.desc())
        .limit(1)
    ).one_or_none()
    document = connection.execute(
        select(Document.__table__).where(Document.sha256 == first.document_sha256)
    ).mappings()
    content = letters.signable(Document(**document.one()))
    n, reached, container, validated = newest or (
        0, first.report["level"], first.container, first.report,
    )  # fmt: skip
    # One that waited for its time-stamp has it only in its first later form.
    proved = datetime.fromisoformat(
        str(first.report["proved_time"] or (validated or {})["proved_time"])
    )
    undecided = validated is not None and validated["indication"] != Indication.TOTAL_PASSED
    named = str(first.report["profile"])
    return _Due(signature_id, n, Level(reached), container, proved, named, undecided), content


def _next_form(
    services: Services, online: Online, due: _Due, content: bytes, now: datetime
) -> bytes:
    """Make the next form; ContainerUnusable when it would be none."""
    trust = services.trust()
    rules = rules_for(services, due.profile)
    if lacks_evidence(due.level, rules):
        since = due.proved + rules.wait
        return augmentation.augment_after_wait(online, due.container, trust, now, since)
    container = augmentation.renew(online, due.container, content, trust, now)
    if stamp_end(container) <= stamp_end(due.container):
        raise ContainerUnusable(reason="Zaman damgası makamının sertifikası yenilenmemiş.")
    return container


def _validated(
    services: Services, due: _Due, container: bytes, content: bytes, now: datetime
) -> Validation:
    """Judge a form by itself; ContainerUnusable when it does not hold, or not yet.

    That a signature which was kept before it was final fails is a validation like another; but what
    was read and intact before is not the signer's fault when our form of it no longer is.
    """
    validated = validate(
        container,
        content,
        trust=services.trust(),
        revocation=Revocation(),
        at=now,
        limit=OWN_LIMIT,
    )
    if validated.passed and validated.level is level(container):
        return validated
    if due.open and not (validated.passed or validated.wait or validated.sub_indication in OURS):
        return validated
    raise ContainerUnusable(reason=f"Yükseltilen imza doğrulanamadı: {sentence_of(validated)}")


def _found(validated: Validation) -> dict[str, str]:
    return {
        "indication": validated.indication.value,
        "sub_indication": str(validated.sub_indication),
    }
