"""What is fetched about the certificates of a chain, and what of it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from asn1crypto import ocsp, x509

from signing.errors import OnlineUnavailable
from signing.network.fetch import Fetcher, FetchTimeouts
from signing.network.online import Online
from signing.validation.collect import LARGE, collect
from signing.validation.trust import Trust
from signing.x509.validation_time import Moment
from tests.kit.signing.crowd import Own, named
from tests.kit.signing.house import DAY, NOW
from tests.kit.signing.loopback import Loopback, serving
from tests.kit.signing.refusing import refusing
from tests.kit.signing.telling import PERSON, H, Row, Teller, at_ocsp, of_ocsp, points, url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signing.cms.levels import ValidationData
    from signing.x509.certificate import X509Certificate

PATIENT = Fetcher(patience=FetchTimeouts(10, 60, 120))
LONG = tuple(Row(serial) for serial in range(10**6, 10**6 + 200))
WANTED = Moment(NOW, ocsp=True)


@dataclass
class Served:
    """An authority whose lists and answers are served, and a person who names where."""

    site: Loopback
    teller: Teller = field(default_factory=Teller)

    def __post_init__(self) -> None:
        """Certify the person and serve a list; who answers is named by a test."""
        self.person = self.certified(at_ocsp(self.site.url("/ocsp")))
        self.site.answers["/a.crl"] = self.teller.list()

    def certified(self, *more: x509.Extension, path: str = "/a.crl") -> X509Certificate:
        """Certify a person whose list is at an address of ours."""
        listed = points({"distribution_point": url(self.site.url(path))})
        return self.teller.certified(Own(named("TEST kişi")), usage=PERSON, more=(*more, listed))

    def answering(self, *, nocheck: bool, more: tuple[x509.Extension, ...] = ()) -> X509Certificate:
        """Let a responder answer, that says so when it need not be asked about."""
        own = Own(named("TEST yanıtlayan"))
        by = self.teller.certified(own, usage=PERSON, more=(*of_ocsp(nocheck=nocheck), *more))
        self.site.answers["/ocsp"] = lambda body: self.answer(body, own, by.der)
        return by

    def answer(self, body: bytes, own: Own, by: bytes) -> bytes:
        nonce = ocsp.OCSPRequest.load(body)["tbs_request"]["request_extensions"]
        said = [{**one.native, "extn_value": one["extn_value"].parsed} for one in nonce]
        entry = self.teller.entry(about=self.person)
        return self.teller.answer(entry, by=own, beside=[by], more=said)

    def collected(self, person: X509Certificate | None = None) -> ValidationData:
        """Fetch what there is about the person."""
        trust = Trust((self.teller.anchor.der,))
        online = Online("", PATIENT)
        return collect(online, [(person or self.person, ())], trust, NOW)

    def judged(self, found: ValidationData) -> str:
        """Judge the person by what was fetched, an answer being wanted."""
        return self.teller.asked(
            *found.crls, answers=found.ocsps, moment=WANTED, person=self.person
        )


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as site:
        yield Served(site)


def test_a_long_list_is_left_out_where_an_answer_says_the_same(served: Served) -> None:
    served.answering(nocheck=True)
    found = served.collected()
    assert (len(found.crls), len(found.ocsps)) == (1, 1)
    served.site.answers["/a.crl"] = served.teller.list(*LONG)
    assert len(served.site.answers["/a.crl"]) > LARGE
    found = served.collected()
    assert (len(found.crls), len(found.ocsps)) == (0, 1)
    assert served.judged(found) == "good"


@pytest.mark.parametrize("rows", [(), LONG], ids=["short", "long"])
def test_the_list_that_tells_of_a_responder_is_kept_however_long(
    served: Served, rows: tuple[Row, ...]
) -> None:
    served.answering(nocheck=False)
    served.site.answers["/a.crl"] = served.teller.list(*rows)
    found = served.collected()
    assert (len(found.crls), len(found.ocsps)) == (1, 1)
    assert served.judged(found) == "good"


def test_the_list_that_the_responders_certificate_names_is_fetched(served: Served) -> None:
    listed = points({"distribution_point": url(served.site.url("/b.crl"))})
    by = served.answering(nocheck=False, more=(listed,))
    served.site.answers["/a.crl"] = served.teller.list(*LONG)
    served.site.answers["/b.crl"] = served.teller.list(at=NOW - 2 * H)
    found = served.collected()
    assert found.crls == (served.site.answers["/b.crl"],)
    assert served.judged(found) == "good"
    served.site.answers["/b.crl"] = served.teller.list(Row(by.serial_number), at=NOW - 2 * H)
    assert served.judged(served.collected()) == "TRY_LATER"
    del served.site.answers["/b.crl"]
    assert served.collected().crls == (served.site.answers["/a.crl"],)


def test_a_stranger_beside_an_answer_makes_us_ask_nobody(served: Served) -> None:
    served.answering(nocheck=True)
    listed = points({"distribution_point": url(served.site.url("/strange"))})
    false = Teller(Own(served.teller.own.name))
    own = Own(named("TEST yanıtlayan"))
    by = false.certified(own, usage=PERSON, more=(*of_ocsp(nocheck=False), listed))
    served.site.answers["/ocsp"] = lambda body: served.answer(body, own, by.der)
    assert served.judged(served.collected()) == "TRY_LATER"
    assert served.site.times("/strange") == 0


def test_without_an_answer_a_list_that_is_away_is_waited_for(served: Served) -> None:
    served.answering(nocheck=True)
    person = served.certified()
    assert served.collected(person).crls
    del served.site.answers["/a.crl"]
    with pytest.raises(OnlineUnavailable):
        served.collected(person)
    # An answer serves in lieu of it; the other way round it is waited for.
    assert served.judged(served.collected()) == "good"
    served.site.answers["/a.crl"] = served.teller.list()
    del served.site.answers["/ocsp"]
    with pytest.raises(OnlineUnavailable):
        served.collected()


def test_a_list_of_the_wanted_second_is_recent_enough(served: Served) -> None:
    trust, person = Trust((served.teller.anchor.der,)), served.certified()
    issued = NOW - H
    for since, enough in ((issued, True), (issued + DAY / 10**6, True), (issued + DAY, False)):
        online = Online("", PATIENT)
        if enough:
            assert collect(online, [(person, ())], trust, NOW, since).crls
            continue
        with refusing(OnlineUnavailable, match="yenilenmemiş"):
            collect(online, [(person, ())], trust, NOW, since)
