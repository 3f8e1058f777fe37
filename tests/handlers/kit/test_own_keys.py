"""The house knows its own keys: made once for an empty demo, never again, refused when others."""

from __future__ import annotations

import shutil
import threading
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from handlers.kit.own_keys import ROLE_IDS, KeysForeign, KeysMissing, OwnKeys
from handlers.kit.services import open_services
from handlers.kit.signing_words import told, told_at_terminal, told_in_frame
from signing.authority.demo import Authority
from signing.authority.seal import SEAL_ID
from signing.errors import ModuleAbsent, TokenTorn
from signing.tokens import softhsm, whole
from signing.tokens.slots import TokenStore
from signing.tokens.whole import COPY, MAIN
from states.kit.settings import load_settings
from states.people.own_key import OwnKey
from tests.kit.signing import house as kit
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database

LABEL = kit.AUTHORITY_LABEL


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store with an authority, to be copied."""
    store = kit.make_store(tmp_path_factory.mktemp("made"))
    kit.demo_authority(store)
    assert store.directory is not None
    return store.directory


@pytest.fixture
def store(made: Path, tmp_path: Path) -> TokenStore:
    """Give a store of this test's own with that authority."""
    shutil.copytree(made, tmp_path / "store")
    return kit.make_store(tmp_path / "store")


@pytest.fixture
def empty(tmp_path: Path) -> TokenStore:
    """Give a store with nothing in it."""
    return kit.make_store(tmp_path / "empty")


def keys_of(database: Database, store: TokenStore, *, demo: bool = True) -> OwnKeys:
    plan = kit.plan() if demo else None
    return OwnKeys(database.app, lambda: store, LABEL, kit.PIN, plan)


def marked(database: Database) -> list[OwnKey]:
    with database.app.connect() as connection:
        return list(connection.execute(select(OwnKey.__table__).order_by(OwnKey.id)))  # type: ignore[arg-type]


def folder_of(store: TokenStore) -> Path:
    assert store.directory is not None
    (found,) = whole.folders(store.directory / softhsm.TOKENS)
    return found


def refused(keys: OwnKeys, kind: type[Exception], match: str) -> None:
    """Expect every way to the keys to be refused, and nothing to be made."""
    for way in (keys.hold, keys.check, keys.establish):
        with pytest.raises(kind, match=match):
            way()


def test_an_empty_demo_is_given_keys_once(database: Database, empty: TokenStore) -> None:
    keys = keys_of(database, empty)
    keys.establish()
    first = Authority(empty, LABEL, kit.PIN)
    rows = marked(database)
    assert {row.role for row in rows} == ROLE_IDS.keys()
    assert {row.noted_by for row in rows} == {"seed"}
    assert {row.role: row.certificate_sha256 for row in rows}["issuing"] == first.issuing.sha256
    keys.establish()
    keys_of(database, empty).establish()
    assert marked(database) == rows
    assert Authority(empty, LABEL, kit.PIN).issuing == first.issuing
    assert [token.label for token in empty.tokens()] == [LABEL]


def test_two_seedings_at_once_make_one_authority(database: Database, tmp_path: Path) -> None:
    stores = [kit.make_store(tmp_path / name) for name in ("one", "two")]
    refusals: list[KeysMissing] = []
    both = threading.Barrier(2)

    def seed(store: TokenStore) -> None:
        both.wait()
        try:
            keys_of(database, store).establish()
        except KeysMissing as refusal:
            refusals.append(refusal)

    threads = [threading.Thread(target=seed, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refusals) == 1
    assert sorted(len(store.tokens()) for store in stores) == [0, 1]
    assert len(marked(database)) == len(ROLE_IDS)


def test_a_seeding_killed_before_the_marker_goes_on_with_the_keys_it_made(
    database: Database, store: TokenStore
) -> None:
    before = Authority(store, LABEL, kit.PIN).issuing
    keys_of(database, store).establish()
    assert Authority(store, LABEL, kit.PIN).issuing == before
    assert {row.noted_by for row in marked(database)} == {"seed"}


@pytest.mark.parametrize("demo", [True, False])
def test_a_token_that_is_gone_is_missed_and_never_made_again(
    database: Database, store: TokenStore, *, demo: bool
) -> None:
    keys_of(database, store).establish()
    rows = marked(database)
    shutil.rmtree(folder_of(store))
    store.refresh()
    refused(keys_of(database, store, demo=demo), KeysMissing, "root, issuing, responder, stamper")
    assert store.tokens() == []
    assert marked(database) == rows


def test_a_store_that_is_away_is_missed_and_no_other_is_made_in_its_place(
    database: Database, store: TokenStore, tmp_path: Path
) -> None:
    settings = load_settings({**database.environment, "NES_VAR": str(tmp_path / "var")})
    folder = settings.var / "tokens"
    keys = keys_of(database, store)
    keys.refuse_gone(folder)  # nothing is noted yet: a first start makes the folder
    keys.establish()
    services = open_services(settings, database.app)
    assert services.own_keys is not None
    with refusing(KeysMissing, match="root, issuing, responder, stamper"):
        services.store()
    assert isinstance(services.own_keys.ailment(), KeysMissing)
    assert not folder.exists()
    shutil.copytree(folder_of(store).parents[1], folder)
    assert services.store().directory == folder
    assert services.own_keys.ailment() is None


def test_a_torn_token_is_named_and_never_made_again(database: Database, store: TokenStore) -> None:
    keys_of(database, store).establish()
    (folder_of(store) / COPY).unlink()
    (folder_of(store) / MAIN).write_bytes(b"")
    store.refresh()
    refused(keys_of(database, store), TokenTorn, folder_of(store).name)
    assert store.tokens() == []


def test_a_token_torn_before_anything_was_noted_is_not_replaced_either(
    database: Database, store: TokenStore
) -> None:
    (folder_of(store) / COPY).unlink()
    (folder_of(store) / MAIN).write_bytes(b"")
    refused(keys_of(database, store), TokenTorn, folder_of(store).name)
    assert marked(database) == []


def test_another_authority_is_refused(
    database: Database, store: TokenStore, empty: TokenStore
) -> None:
    keys_of(database, store).establish()
    rows = marked(database)
    kit.demo_authority(empty)
    refused(keys_of(database, empty), KeysForeign, "root, issuing, responder, stamper, seal")
    assert marked(database) == rows


def test_a_key_without_its_private_half_is_missed_at_the_start(
    database: Database, store: TokenStore
) -> None:
    keys = keys_of(database, store)
    keys.establish()
    with store.session(LABEL, kit.PIN, write=True) as session:
        session.discard_key(SEAL_ID)
    keys.hold()
    with pytest.raises(KeysMissing) as caught:
        keys.check()
    assert caught.value.params["roles"] == "seal"
    assert "no other keys are made" in told_at_terminal(caught.value)
    assert "seal" in told(caught.value).text
    assert told_in_frame(caught.value, "tr") == told(caught.value)
    in_english = told_in_frame(caught.value, "en")
    assert in_english.title == "Restore the keys of the office from its backup"
    assert in_english.text == (
        f"This installation has no keys on the token “{LABEL}”: seal. None are made anew."
    )


def test_what_no_key_says_is_named_by_its_code_in_english() -> None:
    said = told_in_frame(ModuleAbsent(module="m"), "en")
    assert said == ("The token cannot be used", "It answers: module_absent.")


def test_a_house_with_neither_keys_nor_certificates_is_let_be(
    database: Database, empty: TokenStore
) -> None:
    keys = keys_of(database, empty, demo=False)
    keys.hold()
    keys.check()
    keys.establish()
    assert (marked(database), empty.tokens()) == ([], [])


@pytest.fixture
def older(world: World) -> Callable[[TokenStore], OwnKeys]:
    """Give the keys of a house that has issued certificates and knows no marker yet."""
    world.card(world.person(), date(2027, 1, 1))

    def keys(store: TokenStore) -> OwnKeys:
        return OwnKeys(world.engine.database, lambda: store, "TEST-CA", "1234", kit.plan())

    return keys


def test_a_house_older_than_the_marker_notes_the_keys_that_signed_its_certificates(
    world: World, database: Database, older: Callable[[TokenStore], OwnKeys]
) -> None:
    older(world.services.store()).establish()
    rows = marked(database)
    assert {row.noted_by for row in rows} == {"start"}
    authority = world.services.authority()
    assert {row.role: row.certificate_sha256 for row in rows}["root"] == authority.root.sha256
    older(world.services.store()).hold()
    assert marked(database) == rows


def test_an_older_house_is_refused_keys_that_did_not_sign_its_certificates(
    database: Database, store: TokenStore, older: Callable[[TokenStore], OwnKeys]
) -> None:
    refused(older(store), KeysForeign, "issuing")
    assert marked(database) == []


def test_an_older_house_without_keys_is_refused_and_given_none(
    database: Database, empty: TokenStore, older: Callable[[TokenStore], OwnKeys]
) -> None:
    refused(older(empty), KeysMissing, "issuing")
    assert (marked(database), empty.tokens()) == ([], [])


def test_other_keys_are_taken_only_on_purpose(
    database: Database, store: TokenStore, empty: TokenStore
) -> None:
    keys_of(database, store).establish()
    kit.demo_authority(empty)
    keys = keys_of(database, empty)
    assert keys.adopt("user:7") == list(ROLE_IDS)
    keys.check()
    assert keys.adopt("user:7") == []
    assert [row.noted_by for row in marked(database)] == ["seed"] * 5 + ["user:7"] * 5
    refused(keys_of(database, store), KeysForeign, "issuing")


def test_nothing_can_be_taken_where_nothing_is(database: Database, empty: TokenStore) -> None:
    with pytest.raises(KeysMissing):
        keys_of(database, empty).adopt("user:7")
    assert marked(database) == []


def test_what_ails_the_keys_is_seen_from_their_files(database: Database, store: TokenStore) -> None:
    keys = keys_of(database, store)
    folder = folder_of(store)
    assert keys.ailment() is None
    (folder / MAIN).write_bytes(b"")
    assert keys.ailment() is None, "the next login puts it back"
    (folder / COPY).unlink()
    assert isinstance(keys.ailment(), TokenTorn)
    folder.rename(folder.with_name("elsewhere"))
    assert isinstance(keys.ailment(), KeysMissing)


def test_a_torn_token_of_no_known_label_may_be_that_of_the_house(
    database: Database, store: TokenStore
) -> None:
    (folder_of(store) / COPY).unlink()
    (folder_of(store) / MAIN).write_bytes(b"")
    assert isinstance(keys_of(database, store).ailment(), TokenTorn)


def test_nothing_is_said_of_keys_that_lie_in_no_folder(
    database: Database, empty: TokenStore
) -> None:
    assert keys_of(database, empty).ailment() is None
    card_reader = TokenStore(None, softhsm.find_module())
    assert keys_of(database, card_reader).ailment() is None
