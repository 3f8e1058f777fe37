"""A backup is of one moment and comes back whole, once, or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text

from handlers.certificates import revocation_lists
from handlers.kit import sessions
from migrations import run
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from states.cases.revocation import RevocationList
from states.cases.shipment import Shipment
from states.kit.settings import SECRET_KEYS, Settings, load_settings
from states.logs.journal import JournalEntry
from states.people.session import SignInEntry, WebSession
from states.postgres.dump import Frozen, frozen
from states.postgres.timeline import FILE
from tests.conftest import BEGINNING, RUN_FOLDER
from tests.kit.postgres import OFFICE, fresh_database
from tests.kit.web.terminal import Terminal
from tests.staying.home import Home, certificate_of, home, world_of
from web.backup import make, var
from web.backup import restore as putting_back
from web.backup.lost import REASON
from web.backup.manifest import DATABASE, MANIFEST, VAR, parsed
from web.backup.pending import NAME, PendingRestore
from web.gate.composition import definitions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from states.postgres.server import EmbeddedServer
    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database

OTHER = "ab" * 32
"""A key that nothing was made with."""


@pytest.fixture(scope="module")
def office(
    request: pytest.FixtureRequest,
    server: EmbeddedServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Home]:
    """Give an office that nobody changes, in which an officer and a stranger have a session."""
    folder = tmp_path_factory.mktemp("home")
    with home(server, folder, request.config.stash[RUN_FOLDER]) as found:
        officer = sessions.Who("user:1", "officer", "demo", None, None, "Ayşe")
        with found.database.app.begin() as connection:
            for key, who in ((b"o" * 32, officer), (b"s" * 32, None)):
                sessions.begin(connection, key, who, None, BEGINNING)
        yield found


@pytest.fixture(scope="module")
def backup(office: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give its backup, as a folder."""
    place = tmp_path_factory.mktemp("backups") / "whole"
    said = Terminal(dict(office.environment)).run("backup", str(place)).stdout
    assert f"Backed up to {place}" in said
    assert said.count("lies in the backup") == 2
    return place


@pytest.fixture(scope="module")
def secrets(office: Home) -> dict[str, str]:
    """Give the secrets of the office as an environment gives them."""
    return var.secrets_in(office.settings.var)


@pytest.fixture(scope="module")
def keyless(
    office: Home, secrets: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Give a backup, as one file, of the same office when its secrets come from outside."""
    folder = tmp_path_factory.mktemp("keyless")
    shutil.copytree(office.settings.var / "tokens", folder / "var" / "tokens")
    environment = {**office.environment, **secrets, "NES_DEMO": "", "NES_VAR": str(folder / "var")}
    made = Terminal(environment).json("backup", str(folder / "backup.tar"))
    assert (made["kept"], made["demo"], made["token"]) == ([], False, True)
    return folder / "backup.tar"


@pytest.fixture
def elsewhere(empty_database: Database, tmp_path: Path) -> Terminal:
    """Give a terminal in an empty place."""
    return Terminal({**empty_database.environment, "NES_VAR": str(tmp_path / "var")})


def with_(terminal: Terminal, **environment: str) -> Terminal:
    return Terminal({**terminal.environment, **environment})


def world_at(terminal: Terminal, database: Database) -> World:
    return world_of(load_settings(terminal.environment), database, definitions())


def count(world: World, entity: type) -> int:
    with world.engine.database.connect() as connection:
        return connection.execute(select(func.count()).select_from(entity)).scalar_one()


def last_list(world: World) -> int:
    return max(int(row.number) for row in world.all(RevocationList))


def untouched(terminal: Terminal, database: Database) -> None:
    """Expect that a refused restore has left no table, no file and no mark.

    Which server was met is noted all the same.
    """
    folder = load_settings({**terminal.environment, **dict.fromkeys(SECRET_KEYS, OTHER)}).var
    with frozen(database.url) as moment:
        assert moment.is_empty()
    assert {path.name for path in folder.rglob("*") if path.is_file()} <= {FILE}


def test_an_office_comes_back_and_goes_on_exactly_once(
    office: Home, backup: Path, elsewhere: Terminal, empty_database: Database
) -> None:
    done = elsewhere.json("restore", str(backup))
    assert (done["from_step"], done["step"]) == (run.steps()[-1],) * 2
    assert (done["sessions_ended"], done["productions_given_up"]) == (1, 1)
    assert done["journal"]["ok"]
    assert elsewhere.json("db", "status")["guard"] == []
    world = world_at(elsewhere, empty_database)
    before = count(world, Shipment)
    assert before == count(office.world, Shipment) == 1
    assert last_list(world) > last_list(office.world)
    world.run_effects()
    assert (world.state(office.told), world.state(office.made)) == ("couriered", "couriered")
    assert certificate_of(world, office.made).der == office.der
    assert count(world, Shipment) == before + 1
    assert len({row.key for row in world.all(Notice)}) == count(world, Notice)


def test_lists_after_a_restore_bear_numbers_that_nobody_has_seen(
    backup: Path, elsewhere: Terminal, empty_database: Database
) -> None:
    elsewhere.run("restore", str(backup))
    world, now = world_at(elsewhere, empty_database), BEGINNING
    for seconds, skipped in ((100, 100), (-5, 0)):
        before = last_list(world)
        moment = now - timedelta(seconds=seconds)
        revocation_lists.leap(world.engine.database, world.services, moment, now)
        assert last_list(world) == before + skipped + 1


def test_a_begun_production_without_its_card_never_uses_its_number_again(
    office: Home, backup: Path, elsewhere: Terminal, empty_database: Database
) -> None:
    told = elsewhere.run("restore", str(backup)).stdout
    assert "1 productions whose card is not in the backup were given up" in told
    assert "1 sessions were ended" in told
    world = world_at(elsewhere, empty_database)
    serial = certificate_of(office.world, office.begun).serial
    (given_up,) = world.all(Certificate, serial=serial)
    assert (given_up.state, world.state(office.begun)) == ("void", "queued")
    entries = world.all(JournalEntry, case_id=office.begun, trigger="production_failed")
    assert [json.loads(entry.body)["reason"] for entry in entries] == [REASON]
    assert [row.why for row in world.all(WebSession)] == ["restored"]
    assert world.all(SignInEntry)[-1].outcome == "restored"


def test_a_card_made_between_the_two_parts_of_a_backup_keeps_its_keys(
    office: Home, server: EmbeddedServer, elsewhere: Terminal, empty_database: Database,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    office.database.dispose()
    folder = shutil.copytree(office.settings.var, tmp_path / "copy")
    with fresh_database(server, str(office.database.url.database)) as database:
        there = with_(elsewhere, **database.environment, NES_VAR=str(folder))
        before = world_at(there, database)
        parts = []

        def worked(part: Callable[..., object]) -> Callable[..., object]:
            def wrapped(*given: object) -> object:
                made = part(*given)
                parts.append(part)
                if len(parts) == 1:
                    before.run_effects()
                return made

            return wrapped

        monkeypatch.setattr(Frozen, "dump", worked(Frozen.dump))
        monkeypatch.setattr(var, "pack", worked(var.pack))
        there.run("backup", str(tmp_path / "between"))
        monkeypatch.undo()
        made = certificate_of(before, office.begun).der
    assert elsewhere.json("restore", str(tmp_path / "between"))["productions_given_up"] == 0
    world = world_at(elsewhere, empty_database)
    assert world.state(office.begun) == "in_production"
    world.run_effects()
    assert certificate_of(world, office.begun).der == made


def test_secrets_from_outside_are_in_no_backup_and_must_be_those_of_its_time(
    keyless: Path, secrets: dict[str, str], elsewhere: Terminal, empty_database: Database
) -> None:
    given = with_(elsewhere, **secrets, NES_DEMO="")
    refused = {
        "NES_PERSONAL_KEY": (OTHER, "NES_PERSONAL_KEY is not the key that this backup was made"),
        "NES_LOOKUP_KEY": (OTHER, "NES_LOOKUP_KEY is not the key that this backup was made with"),
        "NES_TOKEN_PIN": ("000000", "PIN"),
        "NES_DEMO": ("1", "of an office that is no demo"),
    }
    for name, (value, sentence) in refused.items():
        assert sentence in with_(given, **{name: value}).refused("restore", str(keyless))
        untouched(elsewhere, empty_database)
    for name in SECRET_KEYS:
        said = with_(given, **{name: ""}).refused("restore", str(keyless))
        assert f"{name} is not in this backup" in said
    untouched(elsewhere, empty_database)
    exchanged = {"NES_PERSONAL_KEY": OTHER, "NES_PERSONAL_KEY_OLD": secrets["NES_PERSONAL_KEY"]}
    assert with_(given, **exchanged).json("restore", str(keyless))["journal"]["ok"]


def test_a_backup_made_while_a_key_is_exchanged_asks_for_both(
    office: Home, secrets: dict[str, str], elsewhere: Terminal, tmp_path: Path
) -> None:
    both = {"NES_PERSONAL_KEY": OTHER, "NES_PERSONAL_KEY_OLD": secrets["NES_PERSONAL_KEY"]}
    there = with_(Terminal(dict(office.environment)), **both)
    said = there.run("backup", str(tmp_path / "both")).stdout
    assert said.count("is not in it: keep it elsewhere") == 2
    only_new = with_(elsewhere, NES_PERSONAL_KEY=OTHER)
    assert "NES_PERSONAL_KEY is not the key" in only_new.refused("restore", str(tmp_path / "both"))


def test_nothing_is_written_over(
    office: Home, backup: Path, elsewhere: Terminal, empty_database: Database
) -> None:
    full = with_(elsewhere, NES_DATABASE_URL=office.environment["NES_DATABASE_URL"])
    assert "The database is not empty" in full.refused("restore", str(backup))
    untouched(elsewhere, empty_database)
    taken = with_(elsewhere, NES_VAR=office.environment["NES_VAR"])
    assert "keys is not empty" in taken.refused("restore", str(backup))
    bare = Terminal({**elsewhere.environment, "NES_VAR": str(office.settings.var / "nowhere")})
    assert "is there already" in bare.refused("backup", str(backup))
    assert "There is no folder" in bare.refused("backup", str(backup / "none" / "x"))


def test_only_the_database_comes_back_beside_a_folder_that_stands(
    office: Home, backup: Path, elsewhere: Terminal, empty_database: Database, tmp_path: Path
) -> None:
    shutil.copytree(office.settings.var, tmp_path / "kept")
    shutil.rmtree(tmp_path / "kept" / "tokens")
    there = with_(elsewhere, NES_VAR=str(tmp_path / "kept"))
    said = there.refused("restore", "--database-only", str(backup))
    assert "keys of this installation are missing" in said
    with frozen(empty_database.url) as moment:
        assert moment.is_empty()
    shutil.copytree(
        office.settings.var / "tokens", tmp_path / "kept" / "tokens", dirs_exist_ok=True
    )
    assert there.json("restore", "--database-only", str(backup))["journal"]["ok"]
    assert there.json("keys", "check").keys() == {"root", "issuing", "responder", "stamper", "seal"}


def test_a_backup_of_an_older_version_is_brought_up_and_says_so(
    server: EmbeddedServer, elsewhere: Terminal, tmp_path: Path
) -> None:
    older = run.steps()[-2]
    with fresh_database(server, OFFICE) as database:
        run.downgrade(database.url, older)
        there = Terminal({**database.environment, "NES_VAR": str(tmp_path / "older")})
        there.run("backup", str(tmp_path / "old"))
    told = elsewhere.run("restore", str(tmp_path / "old")).stdout
    assert f"step {older}, and was brought up to step {run.steps()[-1]}" in told


def test_a_journal_that_was_broken_before_comes_back_as_it_was_and_is_named(
    office: Home, server: EmbeddedServer, elsewhere: Terminal, tmp_path: Path
) -> None:
    office.database.dispose()
    with fresh_database(server, str(office.database.url.database)) as database:
        there = with_(Terminal(dict(office.environment)), **database.environment)
        changes = {
            "text": "UPDATE journal SET body = body || ' ' WHERE case_id = :case AND n = 2",
            "link": "UPDATE journal SET prev = hash,"
            " hash = sha256(hash || convert_to(body, 'UTF8')) WHERE case_id = :case AND n = 1",
        }
        for n, (name, change) in zip((2, 1), changes.items(), strict=True):
            with database.owner.begin() as connection:
                connection.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
                connection.execute(text(change), {"case": office.begun})
            database.dispose()
            there.run("backup", str(tmp_path / name))
            with fresh_database(server, "template1") as empty:
                here = with_(elsewhere, **empty.environment, NES_VAR=str(tmp_path / f"{name}-var"))
                said = here.run("restore", str(tmp_path / name), code=1).stderr
                assert f"broken then: case {office.begun}, entry {n}." in said


Damage = Callable[["Path", Settings], object]


def rewritten(**changes: object) -> Damage:
    """Return what writes another manifest, whole and under the right seal."""

    def damage(place: Path, settings: Settings) -> None:
        manifest = parsed((place / MANIFEST).read_bytes(), str(place))
        (place / MANIFEST).write_bytes(replace(manifest, **changes).written(settings))  # type: ignore[arg-type]

    return damage


def cut(name: str) -> Damage:
    return lambda place, _: (place / name).write_bytes((place / name).read_bytes()[:-7])


def turned(name: str) -> Damage:
    def damage(place: Path, _: Settings) -> None:
        data = bytearray((place / name).read_bytes())
        data[len(data) // 2] ^= 1
        (place / name).write_bytes(data)

    return damage


def retold(place: Path, _: Settings) -> None:
    said = json.loads((place / MANIFEST).read_bytes())
    (place / MANIFEST).write_text(json.dumps({**said, "moment": "2020-01-01T00:00:00+00:00"}))


def useless(place: Path, settings: Settings) -> None:
    """Put something else in the place of the dump, and tell it in the manifest."""
    (place / DATABASE).write_bytes(b"no dump at all")
    parts = {name: make.measured(place / name) for name in (DATABASE, VAR)}
    rewritten(parts=parts)(place, settings)


DAMAGES: dict[str, tuple[Damage, str]] = {
    "cut dump": (cut(DATABASE), "database.dump is cut short"),
    "cut keys": (cut(VAR), "var.tar is cut short"),
    "changed dump": (turned(DATABASE), "database.dump is not the one that was made with this"),
    "other keys": (turned(VAR), "var.tar is not the one that was made with this"),
    "without keys": (lambda place, _: (place / VAR).unlink(), "it has no var.tar"),
    "without manifest": (lambda place, _: (place / MANIFEST).unlink(), "it has no manifest.json"),
    "cut manifest": (cut(MANIFEST), "was cut short or changed"),
    "changed manifest": (retold, "manifest.json was changed after it was made"),
    "strange secrets": (rewritten(kept=("PATH",)), "names secrets that nobody knows"),
    "lacking secrets": (rewritten(kept=SECRET_KEYS[:1], token=False), "is not in this backup"),
    "newer form": (rewritten(format=2), "the form 2 of a newer nes-ofis"),
    "newer steps": (rewritten(step="9999"), "newer than this one"),
    "newer server": (rewritten(server=99), "Restore it into version 99 or newer"),
    "other authority": (rewritten(own_keys={"root": ("0" * 64, "0" * 64)}), "other keys than this"),
    "useless dump": (useless, "pg_restore failed"),
    "another journal": (rewritten(journal="0" * 64), "The journal that was restored is not the"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_is_no_whole_backup_changes_nothing(
    name: str, office: Home, backup: Path, elsewhere: Terminal, empty_database: Database,
    tmp_path: Path,
) -> None:  # fmt: skip
    damage, sentence = DAMAGES[name]
    copy = shutil.copytree(backup, tmp_path / "copy")
    damage(copy, office.settings)
    assert sentence in elsewhere.refused("restore", str(copy))
    if name != "another journal":
        untouched(elsewhere, empty_database)


def test_a_file_that_ends_early_or_is_none_is_named(
    keyless: Path, elsewhere: Terminal, tmp_path: Path
) -> None:
    short = tmp_path / "short.tar"
    for length, why in ((700, "it is no tar file"), (9_000, "its end is missing")):
        short.write_bytes(keyless.read_bytes()[:length])
        assert why in elsewhere.refused("restore", str(short))
    short.write_bytes(b"no tar at all" * 100)
    assert "it is no tar file" in elsewhere.refused("restore", str(short))
    assert "There is no backup at" in elsewhere.refused("restore", str(tmp_path / "none"))


def test_a_restore_that_was_killed_is_said_and_goes_on_or_begins_anew(
    backup: Path, elsewhere: Terminal, empty_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        message = "killed"
        raise RuntimeError(message)

    folder = load_settings({**elsewhere.environment, **dict.fromkeys(SECRET_KEYS, OTHER)}).var
    with monkeypatch.context() as patch:
        patch.setattr(putting_back, "_load", killed)
        patch.setattr(PendingRestore, "undo", lambda *_: None)
        elsewhere.run("restore", str(backup), code=1)
    assert (folder / NAME).is_file()
    assert "A restore into" in elsewhere.refused("journal", "verify")
    with monkeypatch.context() as patch:
        patch.setattr(putting_back, "_finish", killed)
        elsewhere.run("restore", str(backup), code=1)
    assert "A restore into" in elsewhere.refused("web")
    assert elsewhere.json("restore", str(backup))["sessions_ended"] == 1
    assert elsewhere.json("journal", "verify")["ok"]
    with empty_database.owner.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM own_key")).scalar() == 5


def test_a_full_disk_leaves_nothing(
    office: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_settings: Settings, _kept: object, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    def away(_settings: Settings, _kept: object, _target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    there = Terminal(dict(office.environment))
    for fault, sentence in ((full, "is full, so no backup was made"), (away, "Check its rights")):
        monkeypatch.setattr(var, "pack", fault)
        assert sentence in there.refused("backup", str(tmp_path / "backup"))
        assert list(tmp_path.iterdir()) == []
