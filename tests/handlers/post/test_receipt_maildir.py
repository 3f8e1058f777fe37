"""Receipts in a maildir: each file is read once and moved aside, also after a kill."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.kit.post.receipt_sources import ReceiptSources
from handlers.post import receipt_maildir
from handlers.post.delivery import LOCK_SPACE
from handlers.post.receipt_maildir import KEPT_DAYS, LOCK, read_maildir
from states.cases.notice import Notice, NoticeTry
from states.kit.settings import load_settings
from tests.handlers.post.test_delivery import put
from tests.kit.post.returned import Report, evidence, sent, signed, signers
from tests.kit.states.given import SECRETS, refusal
from web.site.chores import chores
from workflow.running.advisory_lock import held_alone

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.handlers.world import World


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """Give an empty maildir."""
    folder = tmp_path / "geri"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    return folder


def files(box: Path) -> list[str]:
    """Return where the mails stand."""
    return sorted(str(file.relative_to(box)) for file in box.rglob("*") if file.is_file())


def test_each_mail_is_read_once_and_moved_aside(world: World, box: Path) -> None:
    name = sent(world, put(world, world.person()))
    (box / "new" / "1.a").write_bytes(Report(name, "delayed", "4.4.1").mail())
    (box / "cur" / "2.b:2,S").write_bytes(Report(name).mail())
    (box / "cur" / "3.c").write_bytes(b"Subject: tatildeyim\n\n")
    (box / "tmp" / "4.d").write_bytes(b"half")
    assert [read_maildir(world.engine, box) for _ in range(2)] == [3, 0]
    assert files(box) == [".Refused/cur/3.c", ".Taken/cur/1.a", ".Taken/cur/2.b:2,S", "tmp/4.d"]
    assert [row.outcome for row in world.all(NoticeTry)] == ["taken", "delayed", "bad_address"]
    assert [row.state for row in world.all(Notice)] == ["bounced"]


def test_a_worker_killed_in_between_has_its_mail_read_again_without_harm(
    world: World, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(name: str) -> None:
        assert name == "receipt_written"
        raise SystemExit

    name = sent(world, put(world, world.person()))
    (box / "new" / "1.a").write_bytes(Report(name).mail())
    with monkeypatch.context() as dying:
        dying.setattr(world.engine, "point", die)
        with pytest.raises(SystemExit):
            read_maildir(world.engine, box)
    assert files(box) == ["new/1.a"]
    assert read_maildir(world.engine, box) == 1
    assert files(box) == [".Taken/cur/1.a"]
    assert [row.outcome for row in world.all(NoticeTry)] == ["taken", "bad_address"]


def test_no_more_than_some_are_read_at_once(
    world: World, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipt_maildir, "MOST", 3)
    for n in range(4):
        (box / ("new" if n % 2 else "cur") / f"{n}").write_bytes(b"")
    assert [read_maildir(world.engine, box) for _ in range(3)] == [3, 1, 0]


def test_what_is_no_mail_file_is_left_alone(world: World, box: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (box / "new" / "link").symlink_to(tmp_path / "secret")
    (box / "new" / "folder").mkdir()
    assert read_maildir(world.engine, box) == 0
    assert (box / "new" / "link").is_symlink()


def test_what_was_moved_aside_is_removed_in_time_but_evidence_stays(
    world: World, box: Path
) -> None:
    number = put(world, world.person())
    world.write("UPDATE notice SET channel = 'kep'")
    name = sent(world, number)
    world.engine.services = replace(
        world.services, receipts=ReceiptSources(kep_signers=signers(world))
    )
    proof = evidence(name, "DeliveryNonDeliveryToRecipient", "Delivery")
    (box / "new" / "1").write_bytes(signed(world, proof))
    (box / "new" / "2").write_bytes(b"")
    assert read_maildir(world.engine, box) == 2
    young = world.clock.now() - timedelta(days=KEPT_DAYS, seconds=-1)
    for file, at in (("old", young - timedelta(seconds=2)), ("young", young)):
        (box / ".Refused" / "cur" / file).write_bytes(b"")
        os.utime(box / ".Refused" / "cur" / file, (at.timestamp(), at.timestamp()))
    os.utime(box / ".Evidence" / "cur" / "1", (0, 0))
    os.utime(box / ".Refused" / "cur" / "2", (0, 0))
    read_maildir(world.engine, box)
    assert files(box) == [".Evidence/cur/1", ".Refused/cur/young"]


def test_one_worker_at_a_time_reads_and_nobody_without_a_folder(world: World, box: Path) -> None:
    (box / "new" / "1").write_bytes(b"")
    with held_alone(world.engine, LOCK_SPACE, LOCK):
        assert read_maildir(world.engine, box) == 0
    assert read_maildir(world.engine, None) == 0


def test_the_settings_name_a_maildir_that_is_one(world: World, box: Path, tmp_path: Path) -> None:
    found = load_settings({**SECRETS, "NES_RECEIPTS_MAILDIR": str(box)})
    assert found.receipts_maildir == box
    said = refusal({**SECRETS, "NES_RECEIPTS_MAILDIR": str(tmp_path)}).args[0]
    assert said.startswith("NES_RECEIPTS_MAILDIR is not usable: there is no maildir at")
    world.engine.services = replace(world.services, receipts=ReceiptSources(box))
    (box / "new" / "1").write_bytes(b"")
    [chore] = [one for one in chores(world.engine) if one.name == "receipts"]
    chore.do()
    assert files(box) == [".Refused/cur/1"]
