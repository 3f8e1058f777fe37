"""Nobody makes the site ask an address by writing it into a certificate of his own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.papers import letters
from handlers.signatures import sign_in
from handlers.signatures.purposes import SignedCase
from handlers.signatures.submission import Submission
from signing.cms import levels
from signing.cms.signed_data import SIGNATURE_STAMP, take_apart
from signing.validation.trust import Revocation
from signing.x509 import builder
from signing.x509.certificate import X509Certificate
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.papers.document import Document
from tests.kit.handlers.waiting import END
from tests.kit.handlers.world import applicant
from tests.kit.signing import forge
from tests.kit.signing.crowd import CA, Own

if TYPE_CHECKING:
    from collections.abc import Callable

    from asn1crypto import x509

    from signing.authority.demo import Authority
    from tests.kit.handlers.world import World
    from tests.kit.signing.loopback import Loopback

OURS = ("/nes.crl", "/root.crl", "/nes.ocsp")
PERSONAL = frozenset({"digital_signature", "non_repudiation"})


def elsewhere(site: Loopback) -> tuple[x509.Extension, ...]:
    """Give extensions that name a list and a responder at addresses of somebody's choice."""
    urls = ((site.url("/gizli?crl"),), (site.url("/gizli?ocsp"),), (site.url("/gizli?aia"),))
    return tuple(builder.pointers(*urls))


@pytest.fixture
def genuine(office: World) -> forge.Forger:
    """Give somebody with a genuine certificate whose addresses are ours."""
    office.publish_lists()
    authority: Authority = office.services.authority()
    now, served = office.clock.now(), office.services.addresses
    wanted = forge.person_request(
        not_before=now - timedelta(days=30),
        not_after=now + timedelta(days=300),
        crl_urls=served.crl,
        ocsp_urls=served.ocsp,
    )
    return forge.Forger.of(authority, wanted)


def issued(genuine: forge.Forger, office: World, site: Loopback, *, ca: bool) -> forge.Forger:
    """Give one whose certificate a person's own key has issued, with addresses of their choice."""
    holder = Own(X509Certificate(genuine.certificate).parsed.subject, genuine.key)  # type: ignore[arg-type]
    person = Own(holder.name)
    leaf = holder.certify(
        person, ca=ca, usage=PERSONAL | CA if ca else PERSONAL,
        more=(*elsewhere(site), builder.statements(forge.person_request().statements)),
        at=office.clock.now(),
    )  # fmt: skip
    others = (genuine.certificate, *genuine.others)
    return forge.Forger(person.key, leaf, others)


def hand_in(office: World, purpose: str) -> Callable[[forge.Forger], Submission]:
    """Give what hands a signature in for one purpose, as the site does before the row lock."""
    now, services = office.clock.now(), office.services
    me = office.person()
    if purpose == "sign_in":
        text = b"sign-in"
        return lambda who: sign_in.prepare_submission(
            services, text, Submission(who.sign(text, now)), now
        )
    case, sha256 = offered(office, purpose, me)
    signed, content = SignedCase(purpose, case), letters.signable(office.read(Document, sha256))
    return lambda who: office.handed_in(signed, Submission(who.sign(content, now)))


def offered(office: World, purpose: str, me: int) -> tuple[int, str | None]:
    """Give a case that waits for the signature of this purpose, and what is to be signed."""
    if purpose == "e_onay":
        consent = office.offer(me)
        return consent, office.read(Consent, consent).document_sha256
    held = office.card(me, END)
    if purpose == "e_imza":
        case = office.file(me, "renewal", held.certificate_id)
        office.choose(case, me, "e_imza")
        return case, office.read(Application, case).form_sha256
    office.engine.fire(held.certificate_id, "suspend", applicant(me))
    return held.certificate_id, office.read(Certificate, held.certificate_id).activation_sha256


@pytest.mark.parametrize("purpose", ["e_onay", "e_imza", "activation", "sign_in"])
def test_an_address_out_of_a_certificate_that_a_card_has_issued_is_never_asked(
    office: World, site: Loopback, genuine: forge.Forger, purpose: str
) -> None:
    give = hand_in(office, purpose)
    for ca in (False, True):
        give(issued(genuine, office, site, ca=ca))
        assert site.asked == []
    # Nor is one stamped that is bad in itself.
    give(genuine.bent(without=frozenset({"signing_certificate_v2"})))
    assert site.asked == []
    # The honest neighbour: what our own authority wrote into a certificate is asked.
    give(genuine)
    assert any(site.times(path) for path in OURS)


def test_neither_is_one_out_of_a_time_stamp_that_somebody_made_for_himself(
    office: World, site: Loopback, genuine: forge.Forger
) -> None:
    now = office.clock.now()
    stamper = Own(X509Certificate(genuine.certificate).parsed.subject, genuine.key)  # type: ignore[arg-type]
    own = Own(stamper.name)
    leaf = stamper.certify(own, ca=False, more=elsewhere(site), at=now)
    container = genuine.sign(b"sign-in", now)
    token = replace(genuine, key=own.key, certificate=leaf).sign(b"no stamp", now)
    parts = take_apart(container)
    stamped = replace(parts, unsigned=((SIGNATURE_STAMP, token),)).dump()
    assert levels.time_stamps(stamped) == (token,)
    found = sign_in.prepare_submission(office.services, b"sign-in", Submission(stamped), now)
    # What the signature itself needs is got all the same.
    assert found.revocation != Revocation()
    assert {path for path, _, _ in site.asked} <= set(OURS)
    assert site.times("/nes.ocsp") == 1
