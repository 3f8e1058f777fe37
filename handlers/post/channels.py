"""By which channel a person is told, and by which one more where the first did not reach.

An address of registered e-mail (KEP) is one of e-mail that takes nothing from outside its system,
so whoever has given one is written to by KEP. Whoever has given no e-mail is told by SMS, if there
is a number that takes one. What came back or was given up is told once more by SMS: it says that
there is a message and where it is read, and names nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from states.people.person import BY_SMS, USUAL
from states.people.telephone import mobile_number

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.services import Services
    from states.people.person import Person

EMAIL, SMS, KEP = "email", "sms", "kep"

KEP_DOMAIN = ".kep.tr"
"""How the domain of every provider of registered e-mail ends."""

STATUTORY = frozenset(
    {
        "activation_announced",
        "certificate_active",
        "certificate_found_revoked",
        "certificate_held",
        "certificate_revoked",
        "certificate_struck",
        "certificate_suspended",
        "card_destroyed",
        "consent_ended",
        "hold_released",
        "lost",
        "not_activated",
    }
)
"""Messages that are told in writing whatever somebody has chosen: EN 319 411-1, 6.3.9, wants a
holder told of each change of a certificate's status, and an SMS of ours says only where it is read.
"""

_ONCE_MORE = text("""
INSERT INTO notice
    (key, case_id, person_id, template, subject, text, channel, lane, due_at, created_at, revision,
    language)
SELECT 'sms/' || n.key, n.case_id, n.person_id, n.template, n.subject, n.text, 'sms', n.lane,
    :now, :now, n.revision, n.language
FROM notice n JOIN person p ON p.id = n.person_id
WHERE n.id = ANY(CAST(:ids AS bigint[])) AND n.channel <> 'sms'
    AND n.state IN ('bounced', 'given_up') AND p.phone IS NOT NULL
    AND n.key NOT LIKE 'elsewhere/%'
ON CONFLICT DO NOTHING
""")


def channels_of(services: Services) -> frozenset[str]:
    """Return the channels for which the office has a carrier."""
    given = {
        EMAIL: services.mail is not None,
        SMS: services.sms is not None,
        KEP: services.kep is not None,
    }
    return frozenset(name for name, there in given.items() if there)


def is_kep(address: str) -> bool:
    """Say whether an address is one of registered e-mail."""
    return address.lower().endswith(KEP_DOMAIN)  # ASCII: a domain


def channel_for(email: str | None, phone: str | None, have: Collection[str]) -> str:
    """Return by which channel somebody is told, by their addresses and the office's carriers."""
    first = KEP if is_kep(email or "") else EMAIL
    if email and (first in have or SMS not in have):
        return first
    return SMS if SMS in have and mobile_number(phone or "") else first


def channels_for(person: Person, template: str, have: Collection[str]) -> tuple[str, ...]:
    """Return by which channels a person is told, by what they have chosen and can be reached by.

    SMS needs a carrier and a mobile number; without them it is as if nothing was chosen.
    """
    first = channel_for(person.email, person.phone, have)
    can = SMS in have and mobile_number(person.phone or "") is not None
    if person.told_by == USUAL or first == SMS or not can:
        return (first,)
    alone = person.told_by == BY_SMS and template not in STATUTORY
    return (SMS,) if alone else (first, SMS)


def tell_once_more(connection: Connection, ids: Sequence[int], now: datetime) -> int:
    """Write those of these messages that did not reach their reader anew, for SMS, each once.

    Return how many they were. A message that may be tried again is not among them.
    """
    return connection.execute(_ONCE_MORE, {"ids": list(ids), "now": now}).rowcount
