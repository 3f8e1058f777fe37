"""Putting a backup back into an empty place: checked before anything is touched, then whole.

First the backup is proved (whole, of a version we know, of the keys that are given), then the place
(nothing stands there). The files of NES_VAR come before the database, because a process that began
with the database alone would make other keys; the database is loaded in one transaction. What
fails is undone, and what is killed is marked: no command works there before it is restored again.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL

from handlers.certificates import revocation_lists
from handlers.kit import sessions
from handlers.kit.own_keys import OwnKeys
from handlers.kit.services import AUTHORITY_LABEL
from migrations import run
from signing.tokens.slots import TokenStore
from states.kit.setting_values import own_folder
from states.kit.settings import SECRET_KEYS, load_settings
from states.postgres.database import close_server, database_url, make_engine
from states.postgres.dump import count_anew, frozen, load
from web.backup import lost, var
from web.backup.errors import BackupUnusable, RestoreRefused
from web.backup.manifest import DATABASE, VAR, Manifest
from web.backup.pending import ALONE, WHOLE, PendingRestore
from web.backup.source import BackupSource
from web.gate.composition import compose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from states.kit.settings import Settings
    from web.gate.composition import Composition

ENDED = "restored"
"""Why the sessions of the backup are over (states.people.session)."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: how many sessions it ended and productions it gave up.

    ``broken`` is the first entry (case, number) whose hash is not that of its text, or that does
    not follow the one before it: it was so when the backup was made.
    """

    manifest: Manifest
    step: str
    sessions: int
    given_up: int
    broken: tuple[int, int] | None


class _ToldKeys(OwnKeys):
    """The house's own keys as a manifest tells them, before there is a database to ask."""

    told: Mapping[str, tuple[str, str]]

    def marked(self) -> dict[str, tuple[str, str]]:
        return dict(self.told)


def restore(env: Mapping[str, str], place: Path, *, database_only: bool = False) -> Restored:
    """Put a backup back and return what was done.

    With ``database_only`` NES_VAR stands and is only compared. Raises BackupUnusable,
    RestoreRefused, SettingsError, DatabaseUnavailable, ProgramFailed, ProgramMissing, OSError and
    what the token says; then nothing has changed.
    """
    source = BackupSource(place.absolute())
    manifest = source.manifest()
    _refuse_newer(manifest, source)
    source.refuse_damaged(manifest)
    settings = _settings(env, source, manifest, database_only=database_only)
    manifest.refuse_other_keys(settings)
    try:
        return _put_back(source, manifest, settings, database_only=database_only)
    finally:
        close_server(settings)


def _put_back(
    source: BackupSource, manifest: Manifest, settings: Settings, *, database_only: bool
) -> Restored:
    """Do the work of a backup and of settings that are proved; begun again, go on."""
    pending = PendingRestore(settings.var, manifest.id)
    if not (pending.is_mine() and _holds(settings, manifest)):
        if not database_only and not pending.stands():
            _refuse_taken(settings.var)
        server = _fit_server(settings, manifest)
        pending.undo(var.BELONGING)
        with _files(source, manifest, settings, pending, database_only=database_only):
            _load(settings, source, server)
    return _finish(settings, manifest, pending)


def _refuse_newer(manifest: Manifest, source: BackupSource) -> None:
    if manifest.step in run.steps():
        return
    raise BackupUnusable(
        f"The backup {source.place} is of nes-ofis {manifest.product} (step {manifest.step}), "
        f"newer than this one (step {run.steps()[-1]}). Install that version to restore it.",
        where=str(source.place),
    )


def _settings(
    env: Mapping[str, str], source: BackupSource, manifest: Manifest, *, database_only: bool
) -> Settings:
    """Return the settings to restore under: the environment's, and the secrets of the backup.

    No secret is ever made for a restore: what is missing must be given.
    """
    given = {key: value for key, value in env.items() if value}
    if given.get("NES_DEMO") and not manifest.demo:
        sentence = "The backup is of an office that is no demo. Run this without NES_DEMO."
        raise RestoreRefused(sentence, where="NES_DEMO")
    if database_only:
        secrets = var.secrets_in(own_folder(Path(given.get("NES_VAR", "var"))))
    else:
        with source.open(VAR) as file:
            secrets = var.secrets(file, manifest.kept)
    for key in SECRET_KEYS:
        if key not in secrets and key not in given:
            raise RestoreRefused(
                f"{key} is not in this backup, because the office was given it from outside. Set "
                "it to what it was at that time, then restore again.",
                where=key,
            )
    demo = {"NES_DEMO": "1"} if manifest.demo else {}
    return load_settings({**secrets, **demo, **given})


def _holds(settings: Settings, manifest: Manifest) -> bool:
    """Say whether the database is the backup's already, since a restore was killed after that."""
    with frozen(database_url(settings)) as moment:
        return not moment.is_empty() and moment.journal() == manifest.journal


def _fit_server(settings: Settings, manifest: Manifest) -> int:
    """Return the major version of the server; refuse one that is older, or not empty."""
    with frozen(database_url(settings)) as moment:
        if not moment.is_empty():
            raise RestoreRefused(
                "The database is not empty, and a restore writes over nothing. Give an empty one "
                "in NES_DATABASE_URL, or an empty NES_VAR for the embedded one.",
                where="NES_DATABASE_URL",
            )
        if moment.server < manifest.server:
            raise RestoreRefused(
                f"The backup is of PostgreSQL {manifest.server}, and the server is the older "
                f"{moment.server}. Restore it into version {manifest.server} or newer.",
                where="NES_DATABASE_URL",
            )
        return moment.server


@contextmanager
def _files(
    source: BackupSource,
    manifest: Manifest,
    settings: Settings,
    pending: PendingRestore,
    *,
    database_only: bool,
) -> Iterator[None]:
    """Put the files of NES_VAR in their place for the block, and away again when it fails."""
    if database_only:
        _prove_keys(settings, manifest, settings.var)
        pending.set(ALONE)
    else:
        _refuse_taken(settings.var)
        pending.draft.mkdir(mode=0o700, parents=True)
    try:
        if not database_only:
            with source.open(VAR) as file:
                var.unpack(file, pending.draft)
            _prove_keys(settings, manifest, pending.draft if manifest.token else settings.var)
            pending.set(WHOLE)
            _place(pending.draft, settings.var)
        yield
    except BaseException:
        pending.undo(var.BELONGING)
        raise


def _refuse_taken(folder: Path) -> None:
    for name in var.BELONGING:
        if var.holds_anything(folder / name):
            raise RestoreRefused(
                f"{folder / name} is not empty, and a restore writes over nothing. Give an empty "
                "NES_VAR; or, when only the database was lost, add --database-only.",
                where=str(folder / name),
            )


def _prove_keys(settings: Settings, manifest: Manifest, folder: Path) -> None:
    """Refuse when the token does not carry the house's own keys of the backup, or its PIN."""
    if not manifest.own_keys:
        return
    store = TokenStore(folder / var.TOKENS, settings.pkcs11_module)
    pin = settings.token_pin.get_secret_value()
    nowhere = make_engine(URL.create("postgresql+psycopg"))
    keys = _ToldKeys(nowhere, lambda: store, AUTHORITY_LABEL, pin)
    keys.told = manifest.own_keys
    keys.check()


def _place(draft: Path, folder: Path) -> None:
    for found in sorted(draft.iterdir()):
        shutil.rmtree(folder / found.name, ignore_errors=True)
        found.rename(folder / found.name)
    draft.rmdir()


def _load(settings: Settings, source: BackupSource, server: int) -> None:
    """Load the database in one transaction, after the role that its rights are given to."""
    url = database_url(settings)
    run.prepare(url)
    with source.open(DATABASE) as dump:
        load(url, dump, server)


def _finish(settings: Settings, manifest: Manifest, pending: PendingRestore) -> Restored:
    """Do what is to be done on the restored database; each step may be repeated."""
    url = database_url(settings)
    broken = _proved(url, manifest)
    run.upgrade(url)
    composition = compose(settings, application="nes restore")
    try:
        ended = sessions.end_everyone(composition.database, ENDED, composition.clock.now())
        given_up = lost.give_up(composition.engine, var.labels(settings.var))
        _leap(composition, manifest)
        pending.done()
    finally:
        composition.database.dispose()
    return Restored(manifest, run.steps()[-1], ended, given_up, broken)


def _leap(composition: Composition, manifest: Manifest) -> None:
    """Have the house's own authority issue lists that follow all it has ever issued."""
    services = composition.engine.services
    if manifest.own_keys and services.elsewhere is None:
        since = datetime.fromisoformat(manifest.moment)
        revocation_lists.leap(composition.database, services, since, composition.clock.now())


def _proved(url: URL, manifest: Manifest) -> tuple[int, int] | None:
    """Refuse another journal than the backup's; return the first entry that was broken in it.

    The server counts its tables meanwhile, since each of the three takes one core for a while.
    """
    with ThreadPoolExecutor() as pool:
        counted = pool.submit(count_anew, url)
        broken = pool.submit(_first_broken, url)
        with frozen(url) as moment:
            same = moment.journal() == manifest.journal
        counted.result()
        if not same:
            raise RestoreRefused(
                "The journal that was restored is not the backup's, though its file was whole. "
                "Drop this database, check the disk of its server, and restore again.",
                where="journal",
            )
        return broken.result()


def _first_broken(url: URL) -> tuple[int, int] | None:
    with frozen(url) as moment:
        return moment.first_broken()
