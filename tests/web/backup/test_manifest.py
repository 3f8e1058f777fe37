"""The manifest of a backup: whose keys it names, what its seal covers, which text is none."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from states.kit.settings import Settings, load_settings
from states.postgres.dump import DumpSummary
from web.backup.errors import BackupUnusable, RestoreRefused
from web.backup.manifest import (
    DATABASE,
    DIGITS,
    FORMAT,
    VAR,
    BackupFile,
    Manifest,
    described,
    fingerprint,
    parsed,
)

if TYPE_CHECKING:
    from pathlib import Path

LOOKUP, PERSONAL, OLD = "1a" * 32, "2b" * 32, "3c" * 32
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TOLD = DumpSummary(15, "0042", 12, 5, "ab" * 32, {"root": ("cd" * 32, "ef" * 32)})
PARTS = {DATABASE: BackupFile(10, "ab" * 32), VAR: BackupFile(20, "cd" * 32)}


def settings(folder: Path, **changed: str) -> Settings:
    keys = {"NES_LOOKUP_KEY": LOOKUP, "NES_PERSONAL_KEY": PERSONAL}
    return load_settings({"NES_DEMO": "1", "NES_VAR": str(folder / "var"), **keys, **changed})


def manifest(mine: Settings) -> Manifest:
    return described(
        TOLD, mine, AT, PARTS,
        id="b1", product="0.3.0", pg_dump="15.4", kept=["NES_SECRET_KEY"], token=True,
    )  # fmt: skip


def stored(mine: Settings) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(manifest(mine).written(mine))
    return said


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    mine = settings(tmp_path)
    made = manifest(mine)
    read = parsed(made.written(mine), "yedek")
    assert read == made
    assert (read.moment, read.format, read.token) == ("2026-03-02T09:00:00+00:00", FORMAT, True)
    assert read.own_keys == {"root": ("cd" * 32, "ef" * 32)}
    read.refuse_other_keys(mine)


def test_the_seal_is_no_part_of_what_is_compared_and_is_always_made_anew(tmp_path: Path) -> None:
    mine = settings(tmp_path)
    made = manifest(mine)
    assert made.seal == ""
    forged = replace(made, seal="00" * 32)
    assert forged.written(mine) == made.written(mine)
    assert made.written(mine) == made.written(mine)


CHANGES: dict[str, Any] = {
    "id": "b2",
    "moment": "2026-03-02T09:00:01+00:00",
    "product": "0.3.1",
    "step": "0041",
    "server": 16,
    "pg_dump": "15.5",
    "demo": False,
    "entries": 13,
    "cases": 6,
    "journal": "ac" * 32,
    "own_keys": {"root": ["cd" * 32, "ee" * 32]},
    "kept": [],
    "token": False,
    "parts": {
        DATABASE: {"bytes": 10, "sha256": "ab" * 32},
        VAR: {"bytes": 21, "sha256": "cd" * 32},
    },
    "format": FORMAT - 1,
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_seal_covers_each_thing_that_is_said(tmp_path: Path, name: str) -> None:
    mine = settings(tmp_path)
    changed = parsed(json.dumps({**stored(mine), name: CHANGES[name]}).encode(), "yedek")
    with pytest.raises(BackupUnusable, match="changed after it was made"):
        changed.refuse_other_keys(mine)


def test_nothing_is_said_that_the_changes_above_leave_out() -> None:
    said = {field.name for field in fields(Manifest)} - {"seal", "fingerprints"}
    assert set(CHANGES) == said


def test_a_fingerprint_that_is_taken_away_breaks_the_seal(tmp_path: Path) -> None:
    mine = settings(tmp_path)
    bare = parsed(json.dumps({**stored(mine), "fingerprints": {}}).encode(), "yedek")
    with pytest.raises(BackupUnusable, match="changed after it was made"):
        bare.refuse_other_keys(mine)


@pytest.mark.parametrize("name", ["NES_LOOKUP_KEY", "NES_PERSONAL_KEY"])
def test_another_key_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    mine, theirs = settings(tmp_path), settings(tmp_path, **{name: "4d" * 32})
    with pytest.raises(RestoreRefused) as caught:
        manifest(mine).refuse_other_keys(theirs)
    assert caught.value.params == {"where": name}
    assert f"{name} is not the key" in str(caught.value)
    assert manifest(mine).fingerprints[name] in str(caught.value)


def test_the_key_of_that_time_may_be_the_old_one_by_now(tmp_path: Path) -> None:
    mine = settings(tmp_path)
    exchanged = settings(tmp_path, NES_PERSONAL_KEY=OLD, NES_PERSONAL_KEY_OLD=PERSONAL)
    parsed(manifest(mine).written(mine), "yedek").refuse_other_keys(exchanged)
    during = manifest(exchanged)
    assert set(during.fingerprints) == {
        "NES_LOOKUP_KEY", "NES_PERSONAL_KEY", "NES_PERSONAL_KEY_OLD",
    }  # fmt: skip
    # What was backed up in the middle of an exchange needs both.
    with pytest.raises(RestoreRefused) as caught:
        during.refuse_other_keys(mine)
    assert caught.value.params == {"where": "NES_PERSONAL_KEY"}


def test_a_lookup_key_is_not_proved_by_a_personal_one(tmp_path: Path) -> None:
    mine = settings(tmp_path)
    swapped = settings(tmp_path, NES_LOOKUP_KEY=PERSONAL, NES_PERSONAL_KEY=LOOKUP)
    with pytest.raises(RestoreRefused):
        manifest(mine).refuse_other_keys(swapped)


def test_a_fingerprint_tells_keys_apart_and_a_key_by_its_purpose() -> None:
    key = bytes.fromhex(PERSONAL)
    mine = fingerprint("NES_PERSONAL_KEY", key)
    assert len(mine) == DIGITS == 16
    assert set(mine) <= set("0123456789abcdef")
    assert fingerprint("NES_PERSONAL_KEY_OLD", key) == mine
    assert fingerprint("NES_LOOKUP_KEY", key) != mine
    assert fingerprint("NES_PERSONAL_KEY", key[:-1] + b"\0") != mine


@pytest.mark.parametrize("name", ["format", "moment", "parts", "own_keys", "kept", "journal"])
def test_a_manifest_that_lacks_something_is_none(tmp_path: Path, name: str) -> None:
    said = stored(settings(tmp_path))
    del said[name]
    with pytest.raises(BackupUnusable, match="cannot be read") as caught:
        parsed(json.dumps(said).encode(), "yedek")
    assert caught.value.params == {"where": "yedek"}


@pytest.mark.parametrize(
    "changed",
    [
        {"moment": "yesterday"},
        {"parts": {DATABASE: {"bytes": 1, "sha256": ""}}},
        {"own_keys": {"root": ["one"]}},
        {"kept": None},
        {"more": 1},
        {"format": "1"},
    ],
)
def test_a_manifest_that_says_something_else_is_none(
    tmp_path: Path, changed: dict[str, object]
) -> None:
    with pytest.raises(BackupUnusable, match="cannot be read"):
        parsed(json.dumps({**stored(settings(tmp_path)), **changed}).encode(), "yedek")


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b"3", b"\xff\xfe"])
def test_what_is_no_object_is_none(text: bytes) -> None:
    with pytest.raises(BackupUnusable, match="cannot be read"):
        parsed(text, "yedek")


def test_a_newer_form_asks_for_its_version(tmp_path: Path) -> None:
    said = {**stored(settings(tmp_path)), "format": FORMAT + 1, "product": "9.9.9"}
    with pytest.raises(BackupUnusable, match=r"form 2 of a newer nes-ofis \(9\.9\.9\)"):
        parsed(json.dumps(said).encode(), "yedek")


def test_secrets_that_nobody_knows_are_none_of_ours(tmp_path: Path) -> None:
    said = {**stored(settings(tmp_path)), "kept": ["NES_SECRET_KEY", "../../etc/passwd"]}
    with pytest.raises(BackupUnusable, match="names secrets that nobody knows"):
        parsed(json.dumps(said).encode(), "yedek")
