"""The parts of a backup: packed and unpacked privately, read whole, marked while under way."""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.web.backup.test_manifest import manifest, settings
from web.backup import var
from web.backup.errors import BackupUnusable
from web.backup.manifest import DATABASE, MANIFEST, VAR, BackupFile, Manifest
from web.backup.pending import (
    ALONE,
    NAME,
    WHOLE,
    PendingRestore,
    RestoreBrokenOff,
    refuse_half_restored,
)
from web.backup.source import BackupSource

if TYPE_CHECKING:
    from pathlib import Path

DUMP, FILES = b"dump" * 1000, b"tar" * 500


def packed(*members: tarfile.TarInfo | str) -> io.BytesIO:
    """Return a tar of files that say their own names, and of members that are given whole."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for member in members:
            if isinstance(member, str):
                info = tarfile.TarInfo(member)
                info.size = len(member)
                tar.addfile(info, io.BytesIO(member.encode()))
            else:
                tar.addfile(member)
    out.seek(0)
    return out


def link(name: str, target: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    return info


def test_files_come_back_for_their_owner_alone(tmp_path: Path) -> None:
    var.unpack(packed("keys/NES_SECRET_KEY", "cmp/a/b", "tokens/x"), tmp_path / "new")
    found = sorted(path for path in (tmp_path / "new").rglob("*") if path.is_file())
    names = [path.relative_to(tmp_path / "new").as_posix() for path in found]
    assert names == ["cmp/a/b", "keys/NES_SECRET_KEY", "tokens/x"]
    assert [path.read_text() for path in found] == names
    assert {path.stat().st_mode & 0o777 for path in found} == {0o600}
    assert (tmp_path / "new" / "keys").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "member",
    [
        "../outside",
        "keys/../../outside",
        "/keys/a",
        "postgres/base/1",
        "restore.pending",
        link("keys/NES_SECRET_KEY", "/etc/passwd"),
    ],
)
def test_nothing_lands_elsewhere(tmp_path: Path, member: tarfile.TarInfo | str) -> None:
    with pytest.raises(BackupUnusable, match="no file of NES_VAR"):
        var.unpack(packed("keys/a", member), tmp_path / "new")
    assert not (tmp_path / "outside").exists()


def test_a_file_that_stands_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "a").write_text("mine")
    with pytest.raises(FileExistsError):
        var.unpack(packed("keys/a"), tmp_path)
    assert (tmp_path / "keys" / "a").read_text() == "mine"


def test_secrets_are_found_by_their_names_only() -> None:
    given = packed("keys/NES_SECRET_KEY", "cmp/NES_LOOKUP_KEY", "keys/other")
    assert var.secrets(given, ["NES_SECRET_KEY"]) == {"NES_SECRET_KEY": "keys/NES_SECRET_KEY"}
    given.seek(0)
    with pytest.raises(BackupUnusable, match="should hold NES_LOOKUP_KEY and does not") as caught:
        var.secrets(given, ["NES_SECRET_KEY", "NES_LOOKUP_KEY"])
    assert caught.value.params == {"where": "NES_LOOKUP_KEY"}


def test_what_is_made_anew_is_nothing_that_is_held(tmp_path: Path) -> None:
    for name in var.BELONGING:
        assert not var.holds_anything(tmp_path / name)
    (tmp_path / "tokens" / "tokens").mkdir(parents=True)
    (tmp_path / "tokens" / "softhsm2.conf").write_text("made anew")
    assert not var.holds_anything(tmp_path / "tokens")
    (tmp_path / "tokens" / "tokens" / "one").mkdir()
    assert var.holds_anything(tmp_path / "tokens")
    (tmp_path / "cmp" / "empty").mkdir(parents=True)
    assert not var.holds_anything(tmp_path / "cmp")
    (tmp_path / "cmp" / "empty" / "a").touch()
    assert var.holds_anything(tmp_path / "cmp")


def test_the_secrets_of_a_folder_are_those_with_a_name_we_know(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    for name in ("NES_TOKEN_PIN", "NES_OTHER"):
        (tmp_path / "keys" / name).write_text(name)
    assert var.secrets_in(tmp_path) == {"NES_TOKEN_PIN": "NES_TOKEN_PIN"}
    assert var.secrets_in(tmp_path / "nowhere") == {}


def place(folder: Path, *, tar: bool, database: bytes = DUMP) -> BackupSource:
    """Lay a backup down as a folder or as one file."""
    mine = settings(folder)
    files = {MANIFEST: made(folder).written(mine), DATABASE: database, VAR: FILES}
    where = folder / "yedek"
    if not tar:
        where.mkdir()
        for name, data in files.items():
            (where / name).write_bytes(data)
        return BackupSource(where)
    with tarfile.open(where, "w") as whole:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            whole.addfile(info, io.BytesIO(data))
    return BackupSource(where)


def made(folder: Path) -> Manifest:
    parts = {
        name: BackupFile(len(data), hashlib.sha256(data).hexdigest())
        for name, data in ((DATABASE, DUMP), (VAR, FILES))
    }
    return replace(manifest(settings(folder)), parts=parts)


@pytest.mark.parametrize("tar", [False, True], ids=["folder", "tar"])
def test_a_whole_backup_is_read_and_not_refused(tmp_path: Path, tar: bool) -> None:  # noqa: FBT001 - a case
    source = place(tmp_path, tar=tar)
    said = source.manifest()
    assert said == made(tmp_path)
    source.refuse_damaged(said)
    with source.open(DATABASE) as file:
        assert file.read() == DUMP


@pytest.mark.parametrize("tar", [False, True], ids=["folder", "tar"])
@pytest.mark.parametrize(
    ("database", "says"),
    [
        (DUMP[:-1], "database.dump is cut short: 3999 of 4000 bytes are there"),
        (b"", "database.dump is cut short: 0 of 4000 bytes are there"),
        (DUMP[:-1] + b"x", "database.dump is not the one that was made with this manifest.json"),
        (DUMP + b"x", "database.dump is not the one that was made with this manifest.json"),
    ],
)
def test_a_part_that_is_another_is_named(
    tmp_path: Path,
    database: bytes,
    says: str,
    tar: bool,  # noqa: FBT001 - a case
) -> None:
    source = place(tmp_path, tar=tar, database=database)
    with pytest.raises(BackupUnusable, match=says):
        source.refuse_damaged(source.manifest())


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BackupUnusable, match="There is no backup at"):
        BackupSource(tmp_path / "nowhere").manifest()
    (tmp_path / "text").write_text("no tar")
    with pytest.raises(BackupUnusable, match="it is no tar file"):
        BackupSource(tmp_path / "text").manifest()
    (tmp_path / "empty").mkdir()
    with pytest.raises(BackupUnusable, match=r"it has no manifest\.json"):
        BackupSource(tmp_path / "empty").manifest()
    (tmp_path / "other.tar").write_bytes(packed("keys/a").getvalue())
    with pytest.raises(BackupUnusable, match=r"it has no manifest\.json, so its end is missing"):
        BackupSource(tmp_path / "other.tar").manifest()


def test_the_mark_of_a_restore_says_whose_it_is(tmp_path: Path) -> None:
    mine, theirs = PendingRestore(tmp_path / "var", "b1"), PendingRestore(tmp_path / "var", "b2")
    assert not mine.stands()
    refuse_half_restored(mine.var)
    mine.set(WHOLE)
    assert (mine.stands(), mine.is_mine()) == (True, True)
    assert (theirs.stands(), theirs.is_mine()) == (True, False)
    with pytest.raises(RestoreBrokenOff) as caught:
        refuse_half_restored(mine.var)
    assert caught.value.params == {"where": str(mine.var)}
    mine.done()
    mine.done()
    assert not mine.stands()
    assert not mine.is_mine()


@pytest.mark.parametrize(("what", "left"), [(WHOLE, ["other"]), (ALONE, ["keys", "other"])])
def test_what_a_broken_restore_put_there_is_taken_away_and_nothing_else(
    tmp_path: Path, what: str, left: list[str]
) -> None:
    pending = PendingRestore(tmp_path, "b1")
    pending.set(what)
    for name in ("keys", "other", pending.draft.name):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    assert (tmp_path / NAME).read_text() == f"b1 {what}"
    pending.undo(("keys", "tokens"))
    assert sorted(path.name for path in tmp_path.iterdir()) == left
