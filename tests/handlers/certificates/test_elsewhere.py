"""Certificates of an authority elsewhere: its serial number counts, and it is told each status."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import pem

from handlers.cards import production
from handlers.cards.seed import Held
from handlers.certificates import revocation_lists
from handlers.kit.services import open_services
from signing.authority.cmp import CmpIssuer
from signing.authority.crl import Reason
from signing.authority.issuing import Issuer, proven_key
from signing.authority.production import produce
from signing.errors import IssuerAway, IssuerRefused, ShardUnusable, SigningError, TrustUnusable
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.revocation import RevocationList
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, World, applicant, officer, operator
from tests.kit.signing import forge
from tests.kit.signing.refusing import refusing
from workflow.running.effects import run_effect

if TYPE_CHECKING:
    from pathlib import Path

    from asn1crypto.keys import PublicKeyInfo

    from signing.authority.demo import Authority
    from signing.validation.trust import Trust
    from signing.x509.builder import CertificateRequest
    from signing.x509.certificate import X509Certificate
    from states.kit.settings import Settings
    from tests.kit.postgres import Database

ITS_SERIAL = 0x7E57_0000_0000_0000_0000_0001
A_DAY = timedelta(days=1)


@dataclass
class Elsewhere:
    """An authority that chooses the serial number and the first day, and hears of each status."""

    authority: Authority
    made: list[bytes] = field(default_factory=list)
    heard: list[tuple[str, Reason | None]] = field(default_factory=list)
    settled: list[bytes] = field(default_factory=list)
    fault: SigningError | None = None

    @property
    def issuing(self) -> X509Certificate:
        return self.authority.issuing

    @property
    def trust(self) -> Trust:
        return self.authority.trust

    def certify(self, request: CertificateRequest, proof: bytes) -> bytes:
        if self.fault:
            raise self.fault
        its = replace(request, serial_number=ITS_SERIAL, not_before=request.not_before + A_DAY)
        self.made.append(self.authority.issue(its, proven_key(proof)))
        return self.made[-1]

    def settle(self, public: PublicKeyInfo) -> None:
        self.settled.append(public.dump())

    def differences(
        self, certificate: X509Certificate, request: CertificateRequest, public: bytes
    ) -> list[str]:
        found = self.authority.differences(certificate, request, public)
        return [name for name in found if name not in {"serial_number", "not_before"}]

    def set_status(self, certificate: X509Certificate, reason: Reason | None) -> None:
        self.heard.append((f"{certificate.serial_number:x}", reason))


@pytest.fixture
def elsewhere(world: World) -> Elsewhere:
    """Give the authority elsewhere, which issues for this world's office from now on."""
    issuer = Elsewhere(world.services.authority())
    services = replace(world.services, elsewhere=issuer)
    assert services.issuer() is issuer
    world.services = world.engine.services = services
    return issuer


@pytest.fixture
def held(world: World) -> Held:
    """Give a person with a card of the house, from before."""
    return world.card(world.person(), date(2026, 4, 10))


@pytest.fixture
def queued(world: World, held: Held, elsewhere: Elsewhere) -> int:
    """Give an application whose certificate is about to be made."""
    assert elsewhere.made == []
    me = world.read(Certificate, held.certificate_id).person_id
    world.consent(me, held)
    case = world.file(me, "fault", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    world.engine.fire(case, "start_production", operator())
    return case


def new_certificate(world: World, case: int) -> Certificate:
    return world.read(Certificate, world.read(Application, case).certificate_id)


def test_what_the_authority_chose_stands_in_the_records(
    world: World, queued: int, elsewhere: Elsewhere
) -> None:
    before = new_certificate(world, queued)
    world.run_effects("production.make")
    made = new_certificate(world, queued)
    assert elsewhere.made == [made.der]
    assert made.serial == f"{ITS_SERIAL:x}" != before.serial
    assert before.not_before is not None
    assert made.not_before == before.not_before + A_DAY
    assert (made.not_after, made.ends_on) == (before.not_after, before.ends_on)
    assert made.state == "suspended"
    assert len(elsewhere.settled) == 1
    world.run_effects()
    assert world.state(queued) == "couriered"


def test_the_authority_is_told_of_each_status_and_the_house_signs_no_lists(
    world: World, queued: int, elsewhere: Elsewhere
) -> None:
    lists = len(world.all(RevocationList))
    world.run_effects()
    its = f"{ITS_SERIAL:x}"
    assert (its, Reason.ON_HOLD) in elsewhere.heard
    made = new_certificate(world, queued)
    elsewhere.heard.clear()
    reason = "Kart kayboldu ya da çalındı: evde yok"
    world.engine.fire(made.id, "revoke", SYSTEM, reason=reason)
    world.run_effects()
    assert elsewhere.heard == [(its, Reason.KEY_COMPROMISE)]
    assert len(world.all(RevocationList)) == lists
    now = world.clock.now() + timedelta(days=30)
    assert revocation_lists.ensure_fresh(world.engine.database, world.services, now) is False


def test_a_key_that_another_authority_may_have_certified_is_waited_for_in_its_shard(
    world: World, queued: int, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserved = new_certificate(world, queued)

    def away(*_: object) -> None:
        raise ShardUnusable(where="cards/00")

    with monkeypatch.context() as patch:
        patch.setattr(production, "produce", away)
        (making,) = (entry for entry in world.queued() if entry[2] == "production.make")
        run_effect(world.engine, *making)
    assert world.state(queued) == "awaiting_token"
    assert new_certificate(world, queued).id == reserved.id
    world.run_effects("production.make")
    assert world.state(queued) == "produced"
    assert len(elsewhere.made) == 1


def test_what_an_authority_made_while_the_production_was_stopped_is_revoked_there(
    world: World, queued: int, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(*arguments: Any) -> object:  # noqa: ANN401 - as `produce` takes them
        made = produce(*arguments)
        world.engine.fire(queued, "stop_production_by_office", officer(), reason="data_wrong")
        return made

    monkeypatch.setattr(production, "produce", slowly)
    world.run_effects("production.make")
    assert elsewhere.heard == [(f"{ITS_SERIAL:x}", Reason.CESSATION)]
    assert world.state(queued) == "production_stopped"


def test_a_certificate_that_its_holder_activates_is_released(
    world: World, queued: int, elsewhere: Elsewhere
) -> None:
    world.run_effects()
    world.engine.fire(queued, "deliver", operator(), world.handed_over())
    made = new_certificate(world, queued)
    assert made.not_before is not None
    world.clock.set(made.not_before + A_DAY)
    elsewhere.heard.clear()
    claimed = world.claimed("certificate", made.id, made.person_id)
    card = world.read(Card, made.card_id)
    mine = Held(made.id, card.serial, "123456")
    payload = replace(claimed, container=world.sign(mine, made.activation_sha256)).payload()
    world.engine.fire(made.id, "activate", applicant(made.person_id), payload)
    world.run_effects()
    old = world.read(Certificate, made.replaces_id)
    assert elsewhere.heard == [(old.serial, Reason.SUPERSEDED), (made.serial, None)]


def test_an_authority_is_told_nothing_of_what_it_did_not_make(
    world: World, elsewhere: Elsewhere
) -> None:
    other = world.certificate(world.person(), date(2026, 4, 10))
    with denied("made_here"):
        world.engine.fire(other, "suspend", SYSTEM)
    told = {"number": "B.02-17", "dated": date(2026, 3, 2), "revoked_on": date(2026, 3, 1)}
    world.engine.fire(other, "learn_revoked", officer(), told, reason="yazı")
    world.run_effects()
    assert elsewhere.heard == []


def test_a_change_that_has_been_overtaken_is_not_told_late(
    world: World, held: Held, elsewhere: Elsewhere
) -> None:
    serial = world.read(Certificate, held.certificate_id).serial
    world.engine.fire(held.certificate_id, "suspend", SYSTEM)
    world.write("UPDATE certificate SET state = 'expired' WHERE id = :id", id=held.certificate_id)
    world.run_effects("revocation.publish")
    assert elsewhere.heard == []
    world.write("UPDATE certificate SET state = 'revoked' WHERE id = :id", id=held.certificate_id)
    world._done.clear()  # noqa: SLF001 - the queue may repeat an effect
    world.run_effects("revocation.publish")
    assert set(elsewhere.heard) == {(serial, Reason.UNSPECIFIED)}


def test_an_authority_that_is_away_keeps_the_case_waiting_and_the_card_its_own(
    world: World, queued: int, elsewhere: Elsewhere
) -> None:
    certificate = new_certificate(world, queued)
    elsewhere.fault = IssuerAway(where="makam", reason="süre doldu")
    with suppress(IssuerAway):
        world.run_effects("production.make")
    assert new_certificate(world, queued).id == certificate.id
    assert new_certificate(world, queued).state == "reserved"
    elsewhere.fault = None
    world._done = {effect for effect in world._done if effect[2] != "production.make"}  # noqa: SLF001 - the same
    world.run_effects("production.make")
    assert new_certificate(world, queued).id == certificate.id
    assert len(elsewhere.made) == 1
    assert new_certificate(world, queued).state == "suspended"


def test_a_request_that_is_refused_stops_production_with_the_reason(
    world: World, queued: int, elsewhere: Elsewhere
) -> None:
    certificate = new_certificate(world, queued)
    elsewhere.fault = IssuerRefused(reason="badCertTemplate")
    world.run_effects("production.make")
    assert world.state(queued) == "production_stopped"
    assert world.read(Certificate, certificate.id).state == "void"
    assert world.read(Card, certificate.card_id).status == "void"


def given_elsewhere(settings: Settings, chain: Path) -> dict[str, object]:
    """Give the settings of an authority elsewhere with this chain."""
    return {
        "cmp_server": "http://127.0.0.1:1/cmp",
        "cmp_reference": "nes",
        "cmp_secret": type(settings.token_pin)("parola-parola"),
        "cmp_chain": chain,
    }


def test_settings_choose_the_authority(
    settings: Settings, database: Database, authority: Authority, tmp_path: Path
) -> None:
    chain = tmp_path / "chain.pem"
    ders = (authority.issuing.der, authority.root.der)
    chain.write_bytes(b"".join(pem.armor("CERTIFICATE", der) for der in ders))
    given = given_elsewhere(settings, chain)
    services = open_services(settings.model_copy(update=given), database.app)
    issuer: Issuer = services.issuer()
    assert isinstance(issuer, CmpIssuer)
    assert services.issuer() is issuer
    assert services.trust().anchors == (authority.root.der,)
    assert issuer.issuing.sha256 == authority.issuing.sha256
    assert "parola" not in repr(services)
    assert not (settings.var / "tokens").exists()
    ours = open_services(settings, database.app)
    ours.establish_keys()
    assert ours.issuer() is ours.authority()


def test_a_house_for_which_others_issue_needs_no_keys_of_its_own(
    settings: Settings, database: Database, authority: Authority, tmp_path: Path
) -> None:
    chain = tmp_path / "chain.pem"
    ders = (authority.issuing.der, authority.root.der)
    chain.write_bytes(b"".join(pem.armor("CERTIFICATE", der) for der in ders))
    given = {**given_elsewhere(settings, chain), "demo": False}
    services = open_services(settings.model_copy(update=given), database.app)
    assert services.own_keys is None
    services.check_keys()
    services.establish_keys()
    assert not (settings.var / "tokens").exists()


def test_an_authority_with_short_keys_stops_the_start_until_the_site_takes_them(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    chain = tmp_path / "chain.pem"
    key, request = forge.rsa_key(2048), forge.person_request()
    chain.write_bytes(pem.armor("CERTIFICATE", forge.self_signed(key, request)))
    given = settings.model_copy(update=given_elsewhere(settings, chain))
    with refusing(TrustUnusable, match=str(chain)):
        open_services(given, database.app)
    dated = given.model_copy(update={"rsa_2048_until": date(2028, 12, 31)})
    assert isinstance(open_services(dated, database.app).issuer(), CmpIssuer)
