"""Registered e-mail: signed, with the papers of the move, only for addresses that are of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.kit import services as composed
from handlers.kit.post.kep_server import KepServer
from handlers.kit.post.mail_server import MailServer
from handlers.post.carrier import CarrierAway, OutgoingMessage
from handlers.post.carriers import carriers_of
from handlers.post.channels import channels_of
from handlers.post.delivery import deliver
from handlers.post.kep import KepCarrier, kep_carrier, papers_of
from signing.cms.smime import check_signer, open_mail
from signing.errors import TokenAbsent
from states.cases.notice import Notice, NoticeState, TryOutcome
from states.kit.settings import load_settings
from tests.handlers.post.test_delivery import put
from tests.kit.post.mail_server import mail_server
from tests.kit.states.given import SECRETS, refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from tests.kit.handlers.world import World

ADDRESS = "ada@hs01.kep.tr"
MESSAGE = OutgoingMessage(1, "<nes.1.ab@ofis.test>", ADDRESS, "Konu", "Merhaba\n")


def carrier(
    world: World, port: int, sign: Callable[[bytes, datetime], bytes] | None = None
) -> KepCarrier:
    """Return the carrier that gives to a server of this machine."""
    mail = MailServer("127.0.0.1", port, "nes@hs01.kep.tr", implicit_tls=False, here=True)
    assert world.services.seal is not None
    return kep_carrier(KepServer(mail, sign or world.services.seal().sign), world.clock.now)


def paper(world: World, code: str, made_by: str, media_type: str = "application/pdf") -> None:
    """Keep a paper that a move made."""
    world.write(
        "INSERT INTO document (sha256, kind, code, revision, media_type, content,"
        " verification_code, created_at, case_id, made_by) VALUES"
        " (encode(sha256(convert_to(:code, 'UTF8')), 'hex'), 'consent_record', :code, '01', :media,"
        " convert_to(:code, 'UTF8'), :verify, :now, 77, :made_by)",
        code=code, media=media_type, made_by=made_by, now=world.clock.now(),
        verify=f"{len(made_by):04x}-0000-0000-0000-{ord(code[-1]):04x}",
    )  # fmt: skip


def test_a_message_goes_signed_with_the_papers_of_its_move(world: World, tmp_path: Path) -> None:
    me = world.person()
    world.write("UPDATE person SET email = :email", email=ADDRESS)
    paper(world, "EK-1", "77/1/record.consent")
    paper(world, "EK-2", "77/1/record.text", "text/plain")
    paper(world, "EK-3", "77/11/record.consent")
    number = put(world, me)
    world.write("UPDATE notice SET channel = 'kep'")
    with mail_server(tmp_path / "kep") as server:
        assert deliver(world.engine, [carrier(world, server.port)]) == 1
        [mail] = server.taken()
    assert (mail.to, mail.sender) == ([ADDRESS], "nes@hs01.kep.tr")
    assert world.all(Notice, id=number)[0].state == NoticeState.HANDED_OVER
    signed = open_mail(mail.message.as_bytes())
    assert world.services.seal is not None
    check_signer(signed, {world.services.seal().certificate.der}, world.clock.now())
    names = [part.get_filename() for part in mail.message.walk() if part.get_filename()]
    assert names == ["EK-1.pdf", "smime.p7s"]
    assert mail.message["Subject"] == "Kartınız hazır"
    text = next(part for part in mail.message.walk() if part.get_content_type() == "text/plain")
    assert "İyi günler." in text.get_content()


@pytest.mark.parametrize("to", ["a@ornek.invalid", "a@kep.tr.example", "kep.tr", "a@.kep.tr"])
def test_an_address_that_is_not_of_registered_email_is_none(world: World, to: str) -> None:
    message = OutgoingMessage(7, "<nes.7.ab@ofis.test>", to, "Konu", "Merhaba")
    [said] = carrier(world, 9).hand_over([message])
    assert (said.id, said.outcome) == (7, TryOutcome.BAD_ADDRESS)


def test_without_its_token_nothing_goes_and_nothing_counts_as_tried(
    world: World, tmp_path: Path
) -> None:
    def gone(_content: bytes, _at: datetime) -> bytes:
        raise TokenAbsent(label="muhur")

    with mail_server(tmp_path / "kep") as server:
        with pytest.raises(CarrierAway) as away:
            list(carrier(world, server.port, gone).hand_over([MESSAGE]))
        assert server.taken() == []
    assert away.value.params == {"reason": TokenAbsent.code, "words": ""}


def test_the_papers_of_a_batch_are_asked_for_together(world: World) -> None:
    paper(world, "EK-1", "77/1/record.consent")
    paper(world, "EK-2", "77/11/record.consent")
    keys = ["77/1/notice.held", "77/11/notice.held", "77/2/notice.held", "78/1/notice.held",
            "sms/77/1/notice.held", "reminder/5", "77", ""]  # fmt: skip
    with world.engine.database.connect() as connection:
        found = papers_of(connection, keys)
        assert papers_of(connection, keys[2:]) == {}
        assert papers_of(connection, []) == {}
    assert {key: [one.name for one in papers] for key, papers in found.items()} == {
        keys[0]: ["EK-1.pdf"], keys[1]: ["EK-2.pdf"],
    }  # fmt: skip


def given(**changed: str) -> dict[str, str]:
    """Return settings of an office with a provider of registered e-mail."""
    return {
        **SECRETS, "NES_KEP_SERVER": "smtps://smtp.kep.example:465",
        "NES_KEP_FROM": "nes@hs01.kep.tr", "NES_KEP_USER": "nes", "NES_KEP_PASSWORD": "sir",
        "NES_KEP_TOKEN": "kep", "NES_KEP_PIN": "1234", **changed,
    }  # fmt: skip


def test_the_settings_choose_the_provider(world: World, tmp_path: Path) -> None:
    database = world.engine.database
    services = composed.open_services(load_settings(given()), database)
    assert channels_of(services) == {"kep"}
    [chosen] = carriers_of(services, world.clock.now)
    assert isinstance(chosen, KepCarrier)
    server = chosen.server
    assert (server.host, server.port, server.sender, server.user, server.implicit_tls) == (
        "smtp.kep.example", 465, "nes@hs01.kep.tr", "nes", True,
    )  # fmt: skip
    assert (chosen.channel, chosen.rate, server.here) == ("kep", 0, False)
    demo = {key: value for key, value in given().items() if "TOKEN" not in key and "PIN" not in key}
    shown = load_settings(
        {**demo, "NES_TOKEN_PIN": "4711", "NES_DEMO": "1", "NES_VAR": str(tmp_path / "var"),
         "NES_KEP_SERVER": "smtp://127.0.0.1:2525"}
    )  # fmt: skip
    kep = composed.open_services(shown, database).kep
    assert kep is not None
    assert (kep.mail.implicit_tls, kep.mail.here) == (False, True)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"NES_KEP_FROM": ""}, "NES_KEP_FROM is not usable"),
        ({"NES_KEP_USER": ""}, "NES_KEP_PASSWORD is not usable"),
        ({"NES_KEP_PIN": ""}, "NES_KEP_PIN is not usable"),
        ({"NES_KEP_TOKEN": "", "NES_KEP_PIN": ""}, "NES_KEP_TOKEN is not usable: name the token"),
        ({"NES_KEP_SERVER": "https://kep.example"}, "NES_KEP_SERVER is not usable"),
    ],
)
def test_half_a_provider_stops_the_start(changed: dict[str, str], said: str) -> None:
    assert said in refusal(given(**changed)).args[0]
