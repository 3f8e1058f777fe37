"""Judging a signature: did a certificate that we trust sign this very text, at that moment.

Follows EN 319 102-1, 5.3 (basic signatures). Trust comes only from the given anchors, the
moment only from the argument, revocation only from the given lists; nothing is fetched.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signing import chain, container
from signing.errors import RequestInvalid
from signing.policy import NAME
from signing.verdict import Indication, Stopped, SubIndication, indication, sentence

if TYPE_CHECKING:
    from datetime import datetime

    from signing.certificate import Certificate
    from signing.profile import Qualification
    from signing.trust import Revocation, Trust


@dataclass(frozen=True)
class Validation:
    """The answer, as it is stored: never a yes or no alone.

    `signer` and `qualification` are there as soon as the signer's certificate could be read,
    and mean nothing while `indication` is not TOTAL_PASSED. `claimed_time` is only what the
    signer says. `at` is the moment that was judged, `policy` the rules that were applied.
    """

    indication: Indication
    sub_indication: SubIndication | None
    at: datetime
    policy: str
    content_sha256: str
    signer: Certificate | None = None
    qualification: Qualification | None = None
    claimed_time: datetime | None = None

    @property
    def passed(self) -> bool:
        """Say whether the signature itself passed (not yet: whether it is a qualified one)."""
        return self.indication is Indication.TOTAL_PASSED

    @property
    def qualified(self) -> bool:
        """Say whether the signature passed and its certificate is a qualified one."""
        return self.passed and self.qualification is not None and self.qualification.qualified

    @property
    def wait(self) -> bool:
        """Say whether the answer may change by itself, so that nothing may be decided yet."""
        return self.sub_indication is SubIndication.TRY_LATER

    @property
    def sentence(self) -> str:
        """Say the answer in Turkish."""
        return sentence(self.sub_indication)

    def record(self) -> dict[str, str | bool | None]:
        """Give what a journal may keep: no name and no TCKN, only hashes, times and answers."""
        return {
            "indication": self.indication.value,
            "sub_indication": self.sub_indication.value if self.sub_indication else None,
            "at": self.at.isoformat(),
            "policy": self.policy,
            "content_sha256": self.content_sha256,
            "certificate_sha256": self.signer.sha256 if self.signer else None,
            "qualified": self.qualified,
            "qualification": self.qualification.code if self.qualification else None,
            "claimed_time": self.claimed_time.isoformat() if self.claimed_time else None,
        }


def _answer(
    sub: SubIndication | None, content: bytes, at: datetime, found: container.Container | None
) -> Validation:
    return Validation(
        indication=indication(sub),
        sub_indication=sub,
        at=at,
        policy=NAME,
        content_sha256=hashlib.sha256(content).hexdigest(),
        signer=found.certificate if found else None,
        qualification=found.qualification if found else None,
        claimed_time=found.claimed_time if found else None,
    )


def validate(
    data: bytes, content: bytes, *, trust: Trust, revocation: Revocation, at: datetime
) -> Validation:
    """Judge the container `data` (DER CMS, detached) over the bytes `content` at `at`.

    Whatever the bytes are, the result is a Validation: broken ones give TOTAL_FAILED with
    FORMAT_FAILURE, another text HASH_FAILURE, missing or stale lists and suspension
    INDETERMINATE with TRY_LATER. Only a naive `at` is refused, with RequestInvalid.
    """
    if at.tzinfo is None:
        raise RequestInvalid(field="at", reason="Saat dilimi yok.")
    found = None
    try:
        found = container.read(data)
        container.check_integrity(found, content)
        chain.check_chain(found.certificate, found.others, trust, revocation, at)
    except Stopped as stop:
        return _answer(stop.sub, content, at, found)
    return _answer(None, content, at, found)
