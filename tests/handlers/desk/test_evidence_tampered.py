"""What was changed in a file of evidence is found by one of its instructions, and by which."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from asn1crypto import pem

from handlers.certificates.revocation import lists_at
from states.cases.certificate import Certificate
from states.kit.reference import reference
from tests.kit.handlers.evidence import (
    Stranger,
    commands,
    files_of,
    flipped,
    summed_anew,
    take,
)
from tests.kit.handlers.world import SYSTEM, World


@pytest.mark.parametrize(
    "name", ["imza/1/belge.txt", "imza/1/kap.p7s", "imza/1/rapor.json", "imza/1/kap.sil.pem"]
)
def test_one_changed_byte_makes_the_sums_fail(
    world: World, approved: int, stranger: Stranger, name: str
) -> None:
    files = files_of(take(world, approved))
    files[name] = flipped(files[name], len(files[name]) // 2)
    assert "sha256sum -c SHA256SUMS" in stranger.failing(files)


def test_a_signed_text_that_was_changed_with_its_sum_is_found_by_the_signature(
    world: World, approved: int, stranger: Stranger
) -> None:
    files = files_of(take(world, approved))
    text = files["imza/1/belge.txt"]
    for place in (0, len(text) // 2, len(text) - 1):
        failed = stranger.failing(summed_anew({**files, "imza/1/belge.txt": flipped(text, place)}))
        assert [command for command in failed if "cms -verify" in command]
        assert "sha256sum -c SHA256SUMS" not in failed


def test_a_container_that_was_changed_with_its_sum_is_found_by_the_journal(
    world: World, approved: int, stranger: Stranger
) -> None:
    files = files_of(take(world, approved))
    container = files["imza/1/kap.p7s"]
    failed = stranger.failing(
        summed_anew({**files, "imza/1/kap.p7s": flipped(container, len(container) - 1)})
    )
    assert [command for command in failed if "cms -verify" in command]
    assert [command for command in failed if command.endswith("BELGELER")]


def test_a_list_that_names_the_signer_is_found(
    world: World, approved: int, stranger: Stranger
) -> None:
    held = world.all(Certificate, state="active")[0]
    world.clock.set(world.clock.now() + timedelta(hours=1))
    world.engine.fire(held.id, "revoke", SYSTEM, reason="kayıp")
    world.publish_lists()
    files = files_of(take(world, approved))
    with world.engine.database.connect() as connection:
        later = lists_at(connection, world.clock.now()).crls
    files["imza/1/kap.sil.pem"] = b"".join(pem.armor("X509 CRL", der) for der in later)
    at = re.search(r"-attime (\d+)", "".join(commands(files)))
    assert at is not None
    now = str(int(world.clock.now().timestamp()))
    files["BENIOKU.txt"] = files["BENIOKU.txt"].replace(at[1].encode(), now.encode())
    (failed,) = stranger.failing(summed_anew(files))
    assert "-crl_check_all" in failed


@pytest.mark.parametrize("number", ["0001", "0003"])
def test_a_journal_entry_that_was_changed_with_its_sum_breaks_the_chain(
    world: World, approved: int, stranger: Stranger, number: str
) -> None:
    files = files_of(take(world, approved))
    name = f"jurnal/{reference('application', approved)}/{number}.json"
    files[name] = files[name].replace(b'"role":"', b'"role":"x', 1)
    failed = stranger.failing(summed_anew(files))
    assert failed == [f"sha256sum -c jurnal/{reference('application', approved)}/OZETLER"]
