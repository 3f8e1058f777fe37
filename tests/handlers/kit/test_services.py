"""Composing the services, and the small helpers that read rows."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

import handlers
from handlers.kit import rows
from handlers.kit.own_keys import KeysMissing
from handlers.kit.services import AUTHORITY_LABEL, open_services, random_pin
from signing.authority.demo import Addresses
from signing.cms import pades
from signing.cms.profiles import Profile
from signing.errors import TokenAbsent, TrustUnusable
from signing.network.outbound import OutboundPolicy
from signing.x509.algorithms import LAST_DAY
from signing.x509.certificate import read
from signing.x509.policy import STRICT, AllowedAlgorithms
from states.cases.certificate import Certificate
from states.kit.setting_values import RSA_2048_AT_MOST
from states.people.person import Person
from tests.kit.signing import pdfs
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from pathlib import Path

    from handlers.kit.services import Services
    from states.kit.settings import Settings
    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database


def test_nothing_is_opened_before_it_is_needed(settings: Settings, database: Database) -> None:
    services = open_services(settings, database.app)
    assert not (settings.var / "tokens").exists()
    assert services.crl_urls == ("http://127.0.0.1:8000/nes.crl",)
    assert services.ocsp_url == "http://127.0.0.1:8000/nes.ocsp"
    assert services.tsa_url == "http://127.0.0.1:8000/tsa"
    sealed = services.vault.seal("1", "x")
    assert services.vault.open(sealed, "x") == "1"


def test_documents_and_certificates_name_the_public_address_and_the_demo_asks_at_home(
    settings: Settings, database: Database
) -> None:
    assert open_services(settings, database.app).site == "http://127.0.0.1:8000"
    public = settings.model_copy(update={"public_url": "https://nes.example"})
    services = open_services(public, database.app)
    assert services.site == "https://nes.example"
    assert services.addresses == Addresses.under("https://nes.example")
    assert services.tsa_url == "http://127.0.0.1:8000/tsa"
    assert services.online is not None
    assert services.online.fetcher.route(services.ocsp_url) == "http://127.0.0.1:8000/nes.ocsp"
    real = open_services(public.model_copy(update={"demo": False}), database.app)
    assert real.site == "https://nes.example"
    assert real.addresses == Addresses(crl=("https://nes.example/nes.crl",))


def test_only_listed_hosts_are_asked_for_lists_status_and_stamps(
    settings: Settings, database: Database
) -> None:
    demo = open_services(settings, database.app).online
    assert demo is not None
    assert demo.fetcher.hosts is None
    site = settings.model_copy(
        update={"tsa_url": "http://zaman.example", "outbound": ("a.example",)}
    )
    for one in (site, site.model_copy(update={"demo": False})):
        online = open_services(one, database.app).online
        assert online is not None
        assert online.fetcher.hosts == frozenset({"zaman.example", "a.example"})


@pytest.mark.parametrize("demo", [True, False])
def test_lists_status_and_stamps_go_through_the_proxy_of_the_settings_and_over_tls(
    settings: Settings, database: Database, tmp_path: Path, *, demo: bool
) -> None:
    named: dict[str, object] = {"demo": demo, "tsa_url": "https://zaman.example"}
    bare = open_services(settings.model_copy(update=named), database.app).online
    assert bare is not None
    assert bare.fetcher.way == OutboundPolicy(
        here=frozenset({settings.host}),
        places=frozenset({f"{settings.host}:{settings.port}", "zaman.example:443"}),
    )
    assert bare.fetcher.way.overheard("http://liste.example/a.crl")
    named |= {
        "host": "[FD00::7]", "public_url": "https://nes.example:8443", "plain": ("status",),
        "proxy": "https://vekil.example:3128", "proxy_trusted": tmp_path / "vekil.pem",
    }  # fmt: skip
    proxied = open_services(settings.model_copy(update=named), database.app).online
    assert proxied is not None
    assert proxied.fetcher.way == OutboundPolicy(
        "https://vekil.example:3128", tmp_path / "vekil.pem",
        here=frozenset({"fd00::7"}), near=frozenset({"nes.example"}), plain=True,
        places=frozenset({f"fd00::7:{settings.port}", "zaman.example:443", "nes.example:8443"}),
    )  # fmt: skip
    others = settings.model_copy(update={**named, "plain": ("scanner", "authority", "database")})
    unallowed = open_services(others, database.app).online
    assert unallowed is not None
    assert unallowed.fetcher.way.plain is False


def furnished(settings: Settings, database: Database) -> Services:
    """Give the services of a demo whose keys were made, as its seeding does."""
    services = open_services(settings, database.app)
    services.establish_keys()
    return services


def test_a_demo_is_never_given_an_authority_by_its_first_use(
    settings: Settings, database: Database
) -> None:
    services = open_services(settings, database.app)
    services.check_keys()
    for use in (services.authority, services.seal or services.authority, services.trust):
        with pytest.raises(TokenAbsent):
            use()
    assert services.store().tokens() == []


def test_a_demo_keeps_the_authority_that_its_seeding_made(
    settings: Settings, database: Database
) -> None:
    services = furnished(settings, database)
    services.check_keys()
    root = services.authority().root
    assert services.authority() is services.authority()
    assert services.store() is services.store()
    assert services.trust().anchors == (root.der,)
    again = open_services(settings, database.app)
    assert again.authority().root.der == root.der
    # Without the keys that were its own the next process refuses, and makes none.
    shutil.rmtree(settings.var / "tokens" / "tokens")
    for use in (open_services(settings, database.app).check_keys, again.establish_keys):
        with pytest.raises(KeysMissing):
            use()


def test_every_key_that_the_house_makes_has_128_bits_of_strength(
    settings: Settings, database: Database, world: World
) -> None:
    services = furnished(settings, database)
    authority = services.authority()
    assert services.seal is not None
    world.card(world.person(), date(2027, 1, 1))
    (card,) = world.all(Certificate)
    made = {
        "root": authority.root, "issuing": authority.issuing, "ocsp": authority.responder,
        "tsa": authority.stamper, "seal": services.seal().certificate,
        "card": read(card.der or b""),
    }  # fmt: skip
    keys = {name: certificate.parsed.public_key for name, certificate in made.items()}
    sizes = {name: (key.algorithm, key.bit_size) for name, key in keys.items()}
    assert {name for name, (sort, _) in sizes.items() if sort == "rsa"} == {"root", "issuing"}
    assert all(bits >= {"rsa": 3072, "ec": 256}[sort] for sort, bits in sizes.values())


def test_a_demo_has_a_seal_beside_its_authority_and_another_start_finds_it(
    settings: Settings, database: Database
) -> None:
    services = furnished(settings, database)
    assert services.seal is not None
    first = services.seal()
    at = datetime(2026, 3, 2, tzinfo=UTC)
    assert pades.check(first.seal(pdfs.pdf(), "Deneme", at)).container
    again = open_services(settings, database.app)
    assert again.seal is not None
    assert again.seal().certificate.der == first.certificate.der
    real = settings.model_copy(update={"demo": False})
    assert open_services(real, database.app).seal is None


def test_a_folder_of_anchors_is_trusted_beside_our_own_issuer(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    own = furnished(settings, database).authority()
    (tmp_path / "other.der").write_bytes(own.issuing.der)
    (tmp_path / "other.toml").write_text('from = 2024-01-01\nfor = ["signatures"]\n')
    with_folder = settings.model_copy(update={"trust": tmp_path})
    found = open_services(with_folder, database.app).trust()
    assert found.anchors == (own.issuing.der, own.root.der)
    assert found.intermediates == own.trust.intermediates
    assert set(found.for_time_stamps().anchors) == set(found.anchors)
    assert found.anchors_at(datetime(2020, 1, 1, tzinfo=UTC)) == (own.root.der,)


def test_every_trusted_certificate_is_held_to_the_algorithms_of_the_settings(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    own = furnished(settings, database).authority()
    (tmp_path / "other.der").write_bytes(own.issuing.der)
    (tmp_path / "other.toml").write_text('from = 2024-01-01\nfor = ["signatures"]\n')
    day = date(2028, 12, 31)
    for folder in (None, tmp_path):
        strict = settings.model_copy(update={"trust": folder})
        assert open_services(strict, database.app).trust().allowed == STRICT
        loosened = strict.model_copy(update={"rsa_2048_until": day})
        found = open_services(loosened, database.app).trust()
        assert found.allowed == found.for_time_stamps().allowed
        assert found.allowed == AllowedAlgorithms.with_rsa_2048(day)


def test_the_settings_end_rsa_2048_on_the_day_of_the_signing_room() -> None:
    assert RSA_2048_AT_MOST == LAST_DAY


def test_a_mistake_in_the_folder_of_anchors_stops_the_start(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    with refusing(TrustUnusable, match="güvenilen bir kök yok"):
        open_services(settings.model_copy(update={"trust": tmp_path}), database.app)


def test_outside_a_demo_the_authority_must_be_there(settings: Settings, database: Database) -> None:
    real = settings.model_copy(update={"demo": False})
    with pytest.raises(TokenAbsent) as caught:
        open_services(real, database.app).authority()
    assert caught.value.params["label"] == AUTHORITY_LABEL


def test_a_first_pin_is_six_random_digits(world: World) -> None:
    drawn = {random_pin() for _ in range(50)}
    assert len(drawn) > 40
    assert all(len(pin) == 6 and pin.isdecimal() for pin in drawn)
    assert replace(world.services, new_pin=lambda: "7").new_pin() == "7"


def test_the_keys_do_not_show(world: World) -> None:
    assert "lll" not in repr(world.services)
    assert "sss" not in repr(world.services)


def test_every_handler_is_found_by_the_name_of_its_file() -> None:
    names = set(handlers.registry())
    assert {"form.freeze", "production.make", "revocation.publish", "notice.held"} <= names
    assert all(name.count(".") == 1 for name in names)


def test_a_value_of_another_sort_tells_a_broken_caller() -> None:
    row: dict[str, object] = {"n": 1, "t": "a", "d": date(2026, 1, 1), "none": None}
    row["at"] = datetime(2026, 1, 1, tzinfo=UTC)
    assert (rows.number(row, "n"), rows.text(row, "t"), rows.moment(row, "at")) == (
        1, "a", row["at"],
    )  # fmt: skip
    assert rows.optional_date(row, "d") == date(2026, 1, 1)
    assert (rows.optional_text(row, "t"), rows.optional_number(row, "n")) == ("a", 1)
    for optional in (rows.optional_date, rows.optional_text, rows.optional_number):
        assert optional(row, "none") is None
        assert optional(row, "absent") is None
    for broken in (rows.number, rows.moment):
        with pytest.raises(TypeError, match="t is str"):
            broken(row, "t")


def test_a_key_of_another_sort_finds_no_row(world: World) -> None:
    me = world.person()
    with world.engine.database.connect() as connection:
        assert rows.find(connection, Person, me) is not None
        for key in (None, b"1", 1.5, me + 1):
            assert rows.find(connection, Person, key) is None


def test_a_demo_asks_its_own_authority_wherever_its_certificates_point(
    settings: Settings, database: Database
) -> None:
    services = open_services(settings, database.app)
    assert services.online is not None
    assert services.online.tsa_url == "http://127.0.0.1:8000/tsa"
    route = services.online.fetcher.route
    for path in ("/tsa", "/nes.crl", "/root.crl", "/nes.ocsp"):
        assert route(f"http://10.0.0.1:9{path}") == f"http://127.0.0.1:8000{path}"
    assert route("http://10.0.0.1:9/other.crl") == "http://10.0.0.1:9/other.crl"
    assert services.profile is Profile.P4


def test_outside_a_demo_time_stamps_come_from_where_the_settings_say(
    settings: Settings, database: Database
) -> None:
    plain = settings.model_copy(update={"demo": False})
    assert open_services(plain, database.app).online is None
    named = {"tsa_url": "https://zaman.example/tsa", "signature_profile": "P2"}
    services = open_services(plain.model_copy(update=named), database.app)
    assert services.online is not None
    assert services.online.tsa_url == "https://zaman.example/tsa"
    assert services.online.fetcher.route("http://x.example/nes.crl") == "http://x.example/nes.crl"
    assert services.profile is Profile.P2
