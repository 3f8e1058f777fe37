"""The later life of signatures: completed after a profile's wait, renewed before they fade.

A form is made outside any transaction and stored in one of its own, so a worker may be killed at
any point: either the next form is there or it is still due. Two workers that make the same one
write it once.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from handlers.consents import ending
from handlers.kit.services import services_of
from handlers.papers import letters
from signing.app.words.validation import sentence_of
from signing.cms.container import OWN_LIMIT
from signing.cms.levels import Level, level
from signing.cms.profiles import RULES, Profile
from signing.errors import ContainerUnusable, SigningError
from signing.validation import lifting
from signing.validation.lifting import renew_before
from signing.validation.trust import Revocation
from signing.validation.validate import validate
from signing.verdict import Indication, SubIndication
from states.kit.log_events import LogEvent
from states.papers.augmentation import Augmentation
from states.papers.document import Document
from states.papers.signature import Signature
from workflow.running import outside
from workflow.running.outside import Failed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.kit.services import Services
    from signing.cms.profiles import ProfileRules
    from signing.network.online import Online
    from signing.validation.validate import Validation
    from workflow.engine.engine import CaseEngine

MARGIN = timedelta(days=90)
"""How long before the end of its newest time-stamp's certificate a signature is renewed."""

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


def first_due(services: Services, container: bytes, validation: Validation) -> datetime | None:
    """Say when the first later form of a signature is due; None where none is ever made."""
    if services.online is None or validation.proved_time is None:
        return None
    rules = _rules(services, validation.profile)
    if _lacks_evidence(validation.level, rules):
        return validation.proved_time + rules.wait
    return _end(container) - MARGIN


def _rules(services: Services, named: str) -> ProfileRules:
    """Give the rules of the profile that a signature names when it waits, else the office's."""
    own = RULES[Profile(named)]
    return own if own.wait else RULES[services.profile]


def _lacks_evidence(reached: Level, rules: ProfileRules) -> bool:
    """Say whether a signature is to be B-LT and is not; under P4 evidence may have been too big."""
    return reached is Level.B_T and rules.later is Level.B_LT


def _end(container: bytes) -> datetime:
    end = renew_before(container)
    if end is None:
        raise ContainerUnusable(reason="İmzanın zaman damgası yok.")
    return end


def add_form(
    connection: Connection,
    services: Services,
    signature_id: int,
    container: bytes,
    validation: Validation,
) -> None:
    """Keep the form of a signature that waited for an answer, and say when its next one is due."""
    newest = select(func.coalesce(func.max(Augmentation.n), 0)).where(
        Augmentation.signature_id == signature_id
    )
    n = connection.execute(newest).scalar_one() + 1
    values = _values(signature_id, n, container, validation)
    values["augment_at"] = first_due(services, container, validation)
    connection.execute(insert(Augmentation).values(values))


def _values(
    signature_id: int, n: int, container: bytes, validation: Validation
) -> dict[str, object]:
    end = _end(container)
    return {
        "signature_id": signature_id,
        "n": n,
        "level": level(container).value,
        "container": container,
        "container_sha256": hashlib.sha256(container).hexdigest(),
        "made_at": validation.at,
        "augment_at": end - MARGIN,
        "renew_before": end,
        "report": validation.record(),
    }


@dataclass(frozen=True, slots=True)
class _Due:
    """A signature whose next form is due: its newest form, and when it was first stamped.

    `profile` is the one it names; `open` says that it was never yet judged for good.
    """

    signature_id: int
    n: int
    level: Level
    container: bytes
    proved: datetime
    profile: str
    open: bool


@dataclass
class Completion:
    """The chore over all signatures of an office; remembers only whom to leave alone for now."""

    engine: CaseEngine
    _failed: Counter[int] = field(default_factory=Counter)
    _resting: dict[int, datetime] = field(default_factory=dict)

    def run(self) -> Counter[str]:
        """Make the next form of what is due, a batch of it; say how many came to which level.

        What rests on a signature that failed at last is ended with it.
        """
        services, now = services_of(self.engine), self.engine.clock.now()
        done: Counter[str] = Counter()
        if services.online is not None:
            self._complete(services, services.online, now, done)
        ending.end_failed(self.engine)
        return done

    def _complete(
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
            judged = _judged(services, due, container, content, now)
            self._keep(due, container, judged)
        except SigningError as error:
            self._rest(signature_id, now, error.code)
            return "failed"
        del self._failed[signature_id]
        outside.clear(self.engine.database, _key(signature_id))
        if not judged.passed:
            log.error(LogEvent.SIGNATURE_FAILED_AT_LAST, signature=signature_id, **_found(judged))
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
        outside.note(self.engine.database, failed)

    def _keep(self, due: _Due, container: bytes, judged: Validation) -> None:
        values = _values(due.signature_id, due.n + 1, container, judged)
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
    n, reached, container, judged = newest or (
        0, first.report["level"], first.container, first.report,
    )  # fmt: skip
    # One that waited for its time-stamp has it only in its first later form.
    proved = datetime.fromisoformat(
        str(first.report["proved_time"] or (judged or {})["proved_time"])
    )
    undecided = judged is not None and judged["indication"] != Indication.TOTAL_PASSED
    named = str(first.report["profile"])
    return _Due(signature_id, n, Level(reached), container, proved, named, undecided), content


def _next_form(
    services: Services, online: Online, due: _Due, content: bytes, now: datetime
) -> bytes:
    """Make the next form; ContainerUnusable when it would be none."""
    trust = services.trust()
    rules = _rules(services, due.profile)
    if _lacks_evidence(due.level, rules):
        since = due.proved + rules.wait
        return lifting.complete(online, due.container, trust, now, since)
    container = lifting.renew(online, due.container, content, trust, now)
    if _end(container) <= _end(due.container):
        raise ContainerUnusable(reason="Zaman damgası makamının sertifikası yenilenmemiş.")
    return container


def _judged(
    services: Services, due: _Due, container: bytes, content: bytes, now: datetime
) -> Validation:
    """Judge a form by itself; ContainerUnusable when it does not hold, or not yet.

    That a signature which was kept before it was final fails is a judgement like another; but what
    was read and intact before is not the signer's fault when our form of it no longer is.
    """
    judged = validate(
        container,
        content,
        trust=services.trust(),
        revocation=Revocation(),
        at=now,
        limit=OWN_LIMIT,
    )
    if judged.passed and judged.level is level(container):
        return judged
    if due.open and not (judged.passed or judged.wait or judged.sub_indication in OURS):
        return judged
    raise ContainerUnusable(reason=f"Yükseltilen imza doğrulanamadı: {sentence_of(judged)}")


def _found(judged: Validation) -> dict[str, str]:
    return {"indication": judged.indication.value, "sub_indication": str(judged.sub_indication)}
