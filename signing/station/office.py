"""One office as a station asks it: who it is, what time it has, and what it wants."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, TypeVar

from signing.app.client import Service
from signing.app.errors import AnswerMalformed, ServerRefused, ServerUnreachable
from signing.app.words.refusals import tell
from signing.station import protocol
from signing.station.errors import OfficeAway, OfficeRefused
from signing.station.protocol import ClaimAnswer, FailAnswer, bytes_of, object_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

Read = TypeVar("Read")

PASSING = frozenset({429, 500, 502, 503, 504})
"""Statuses that say nothing of what was asked: it is asked again later."""


class OrderingOffice:
    """An office that orders cards, at a checked address (`url`).

    Every method raises OfficeAway where nothing was decided, OfficeRefused with the office's own
    sentence otherwise.
    """

    def __init__(self, url: str, secret: str, now: Callable[[], datetime]) -> None:
        """Keep the secret; AddressRefused for an address that could be overheard."""
        self._service = Service(url)
        self.url = self._service.url
        self._secret, self._now = secret, now

    def close(self) -> None:
        """Close the connection."""
        self._service.close()

    def claim(self, besides: Sequence[str]) -> ClaimAnswer:
        """Take the most urgent order, or the one in hand."""
        besides = besides[-protocol.MOST_SET_ASIDE :]
        return self._ask(protocol.CLAIM_PATH, {"besides": list(besides)}, ClaimAnswer.parse)

    def certify(self, label: str, proof: bytes) -> bytes:
        """Have the key that signed a PKCS#10 certified (DER)."""
        body = {"order": label, "proof": base64.b64encode(proof).decode()}

        def certificate(answer: object) -> bytes:
            return bytes_of(object_of(answer), "certificate")

        return self._ask(protocol.CERTIFY_PATH, body, certificate)

    def hand_in(self, label: str, der: bytes) -> None:
        """Hand in what was read back from the card; the same again is the same again."""
        body = {"order": label, "certificate": base64.b64encode(der).decode()}
        self._ask(protocol.RESULT_PATH, body, object_of)

    def skip(self, label: str) -> None:
        """Give an order back of which nothing was written."""
        self._ask(protocol.SKIP_PATH, {"order": label}, object_of)

    def fail(self, label: str, reason: str, *, again: bool) -> FailAnswer:
        """Tell that a card failed; `again` orders another one."""
        body = {"order": label, "reason": reason, "again": again}
        return self._ask(protocol.FAIL_PATH, body, FailAnswer.parse)

    def _ask(self, path: str, body: Mapping[str, object], read: Callable[[object], Read]) -> Read:
        headers = {
            "Authorization": f"Bearer {self._secret}",
            protocol.TIME_HEADER: self._now().isoformat(),
        }
        try:
            return read(self._service.post(path, body, headers))
        except (ServerUnreachable, AnswerMalformed) as error:
            raise OfficeAway(where=self.url, reason=str(tell(error))) from error
        except ServerRefused as error:
            title, detail = str(error.params["title"]), str(error.params["detail"])
            if error.params["status"] in PASSING:
                raise OfficeAway(where=self.url, reason=f"{title}. {detail}") from error
            raise OfficeRefused(
                where=self.url, refusal=error.params["refusal"], title=title, detail=detail
            ) from error
