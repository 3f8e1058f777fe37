"""Receipts over HTTP: who may hand them in, and what is answered to each."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from handlers.kit.post.receipt_sources import ReceiptSources
from handlers.post.receipts import LARGEST
from states.cases.notice import Notice
from tests.handlers.post.test_delivery import put
from tests.kit.post.returned import STRANGE_ID, Report, evidence, sent, signed, signers
from web.api import openapi
from web.api.receipts_description import PATH
from web.gate.composition import KEY

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from tests.kit.handlers.world import World

SECRET = "posta-sunucusunun-sirri"


class Server:
    """A mail server that pipes what comes back to the site."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def hand_in(
        self, mail: bytes, secret: str | None = SECRET, sort: str = "message/rfc822"
    ) -> tuple[int, str]:
        """Return the status and the result, or the code of the refusal."""
        head = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        answer = self.client.post(PATH, data=mail, content_type=sort, headers=head)
        assert answer.json is not None
        return answer.status_code, str(answer.json.get("result") or answer.json["code"])


@pytest.fixture
def pipe(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Give a mail server that the office knows."""
    office = app.extensions[KEY]
    known = office.settings.model_copy(update={"receipts_secret": SecretStr(SECRET)})
    monkeypatch.setitem(app.extensions, KEY, replace(office, settings=known))
    return Server(app)


def test_a_mail_server_hands_in_what_came_back(world: World, pipe: Server) -> None:
    mail = Report(sent(world, put(world, world.person()))).mail()
    assert [pipe.hand_in(mail), pipe.hand_in(mail)] == [(200, "taken"), (200, "known")]
    assert [row.state for row in world.all(Notice)] == ["bounced"]


def test_what_is_no_receipt_of_ours_is_refused(world: World, pipe: Server) -> None:
    mail = Report(sent(world, put(world, world.person()))).mail()
    assert pipe.hand_in(Report(STRANGE_ID.replace(".1.", ".77.")).mail()) == (
        422, "receipt_unknown",
    )  # fmt: skip
    assert pipe.hand_in(b"") == (422, "receipt_no_report")
    assert pipe.hand_in(mail, sort="text/plain") == (415, "not_a_mail")
    assert pipe.hand_in(mail + b" " * LARGEST) == (413, "body_too_large")
    assert [row.state for row in world.all(Notice)] == ["handed_over"]


DELIVERED = ("DeliveryNonDeliveryToRecipient", "Delivery")


def know(world: World, app: Flask, maildir: Path | None) -> None:
    """Let the site know who signs evidence, and the maildir."""
    engine = app.extensions[KEY].engine
    receipts = ReceiptSources(maildir, signers(world))
    engine.services = replace(world.services, receipts=receipts)


def proof(world: World) -> bytes:
    """Return evidence of a message by registered e-mail, as its provider signs it."""
    number = put(world, world.person())
    world.write("UPDATE notice SET channel = 'kep'")
    return signed(world, evidence(sent(world, number), *DELIVERED))


def kept(folder: Path) -> list[bytes]:
    """Return the evidence that a folder holds, and nothing else that may lie there."""
    assert {path.parent for path in folder.rglob("*") if path.is_file()} <= {
        folder / ".Evidence" / "cur"
    }
    return [path.read_bytes() for path in sorted((folder / ".Evidence" / "cur").glob("*"))]


@pytest.mark.parametrize("has_maildir", [True, False], ids=["maildir", "var"])
def test_evidence_is_kept_once_before_it_is_answered(
    world: World, pipe: Server, app: Flask, tmp_path: Path, *, has_maildir: bool
) -> None:
    know(world, app, tmp_path / "mail" if has_maildir else None)
    folder = tmp_path / "mail" if has_maildir else app.extensions[KEY].settings.var / "receipts"
    mail = proof(world)
    assert [pipe.hand_in(mail), pipe.hand_in(mail)] == [(200, "taken"), (200, "known")]
    [file] = (folder / ".Evidence" / "cur").iterdir()
    assert file.name == f"{sha256(mail).hexdigest()}.eml"
    assert kept(folder) == [mail]


def test_a_report_and_evidence_that_does_not_count_are_not_kept(
    world: World, pipe: Server, app: Flask
) -> None:
    plain = Report(sent(world, put(world, world.person()))).mail()
    assert pipe.hand_in(plain) == (200, "taken")
    know(world, app, None)
    strange = signed(world, evidence(STRANGE_ID, *DELIVERED))
    assert pipe.hand_in(strange)[0] == 422
    assert not (app.extensions[KEY].settings.var / "receipts").exists()


def test_evidence_that_cannot_be_kept_is_to_come_again(
    world: World, pipe: Server, app: Flask, tmp_path: Path
) -> None:
    folder = tmp_path / "mail"
    folder.write_bytes(b"")
    know(world, app, folder)
    mail = proof(world)
    assert pipe.hand_in(mail) == (503, "evidence_not_kept")
    folder.unlink()
    assert pipe.hand_in(mail) == (200, "known")
    assert kept(folder) == [mail]


def test_a_stranger_hands_nothing_in(world: World, pipe: Server) -> None:
    mail = Report(sent(world, put(world, world.person()))).mail()
    for secret in (None, SECRET[:-1]):
        assert pipe.hand_in(mail, secret) == (401, "mail_server_unknown")
    for _ in range(3):
        pipe.hand_in(mail, "x")
    assert pipe.hand_in(mail)[0] == 429
    assert [row.state for row in world.all(Notice)] == ["handed_over"]


def test_without_a_secret_in_the_settings_nobody_does(app: Flask) -> None:
    assert Server(app).hand_in(b"") == (404, "mail_server_absent")


def test_the_description_names_it(app: Flask) -> None:
    found = app.test_client().get(openapi.PATH).json
    assert found is not None
    described = found["paths"][PATH]["post"]
    assert sorted(described["responses"]) == [
        "200", "401", "404", "413", "415", "422", "429", "503",
    ]  # fmt: skip
    assert found["components"]["schemas"]["ReceiptAnswer"]["properties"] == {
        "result": {"type": "string", "enum": ["taken", "known"]}
    }
