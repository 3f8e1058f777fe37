"""Augmenting a signature with what others give: what a profile wants at hand-in and later.

Everything here asks over the network (`signing.network.online`), so it is called outside any lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signing.cms import levels
from signing.cms.container import signer_of
from signing.cms.levels import DIGEST, Level
from signing.cms.pades import ROOM
from signing.errors import ContainerUnusable
from signing.validation.collect import collect
from signing.validation.trust import Revocation

if TYPE_CHECKING:
    from datetime import datetime

    from signing.cms.levels import ValidationData
    from signing.network.online import Online
    from signing.validation.trust import Trust
    from signing.x509.certificate import X509Certificate


@dataclass(frozen=True)
class Augmented:
    """A container at its new level, and the revocation data that was fetched for it."""

    container: bytes
    revocation: Revocation


def stamp(online: Online, container: bytes) -> bytes:
    """Have the signature of a container stamped: B-B becomes B-T; raises as `augment` does."""
    token = online.timestamp(levels.signature_imprint(container), DIGEST)
    return levels.with_time_stamp(container, token)


def augment(online: Online, container: bytes, trust: Trust, now: datetime, to: Level) -> Augmented:
    """Stamp a B-B container and fetch what its chains need; put that in when `to` is B-LT.

    The caller has validated it to be good but for revocation data. Raises OnlineUnavailable when a
    service is out of reach, ContainerUnusable when the container cannot be augmented.
    """
    if to is Level.B_B:
        return Augmented(container, _revocation(_evidence(online, container, trust, now)))
    return augment_stamped(online, stamp(online, container), trust, now, to)


def augment_stamped(
    online: Online, stamped: bytes, trust: Trust, now: datetime, to: Level
) -> Augmented:
    """Fetch what the chains of a stamped container need; put that in when `to` is B-LT.

    Evidence that would not fit into a signed PDF is only given beside, and the level stays B-T.
    Raises as `augment` does.
    """
    evidence = _evidence(online, stamped, trust, now)
    whole = stamped if to is Level.B_T else levels.with_evidence(stamped, evidence)
    # What a PDF has no room for is kept beside it, as a later form.
    return Augmented(whole if len(whole) <= ROOM else stamped, _revocation(evidence))


def augment_after_wait(
    online: Online, container: bytes, trust: Trust, now: datetime, since: datetime
) -> bytes:
    """Augment B-T to B-LT with revocation data from `since` or later (P2, P3 after their wait)."""
    return levels.with_evidence(container, _evidence(online, container, trust, now, since))


def renew(online: Online, container: bytes, content: bytes, trust: Trust, now: datetime) -> bytes:
    """Put fresh evidence for the time-stamps in and an archive time-stamp over the whole.

    What proves the holder's certificate is already there from B-LT on: by now it may have ended.
    """
    leaves = _stampers(container)
    if levels.level(container) is Level.B_T:
        leaves.append((signer_of(container), levels.certificates(container)))
    whole = levels.with_evidence(container, collect(online, leaves, trust, now))
    imprint = levels.archive_imprint(whole, content, levels.archive_index(whole))
    token = online.timestamp(imprint, DIGEST)
    newer = levels.with_archive_stamp(whole, content, token)
    # Of the new stamp's own chain nothing is inside yet; the next renewal covers this.
    newest = (signer_of(token), levels.certificates(token))
    return levels.with_evidence(newer, collect(online, [newest], trust, now))


def renew_before(container: bytes) -> datetime | None:
    """Give the end of the newest time-stamp's certificate; None without any time-stamp."""
    tokens = levels.time_stamps(container)
    if not tokens:
        return None
    try:
        return signer_of(max(tokens, key=levels.stamped_at)).not_after
    except (ValueError, TypeError, KeyError) as error:
        raise ContainerUnusable(reason="time_stamp_signer_unreadable") from error


def _evidence(
    online: Online, container: bytes, trust: Trust, now: datetime, since: datetime | None = None
) -> ValidationData:
    holder = (signer_of(container), levels.certificates(container))
    return collect(online, [holder, *_stampers(container)], trust, now, since)


def _stampers(container: bytes) -> list[tuple[X509Certificate, tuple[bytes, ...]]]:
    tokens = levels.time_stamps(container)
    return [(signer_of(token), levels.certificates(token)) for token in tokens]


def _revocation(evidence: ValidationData) -> Revocation:
    return Revocation(evidence.crls, evidence.ocsps)
