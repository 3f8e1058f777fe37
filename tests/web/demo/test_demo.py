"""Tests that the demonstration plays the whole process, to be checked by outsiders."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from signing.cms import levels, pades
from tests.kit.signing import pdfs

if TYPE_CHECKING:
    from tests.kit.postgres import Database

HELD = "held"

ENDS_OTHERWISE = {
    "dead": "cancelled",
    "moved": "cancelled",
    "stopped": "cancelled",
    "recalled": "lost",
    "disputed": "lost",
    "called_back": "cancelled",
}
"""Scenes that deliver no card, and where they end."""


def run_demo(environment: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("nes")), "demo", *options]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def performance(
    module_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Give what one performance printed for machines, where nobody has asked for demo mode."""
    environment = {**module_database.environment, "NES_VAR": str(tmp_path_factory.mktemp("demo"))}
    del environment["NES_DEMO"]
    done = run_demo(environment, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def scene(performance: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [case for case in performance["cases"] if case["name"] == name]
    return dict(found)


def test_each_application_is_delivered_with_a_certificate_and_a_tracking_number(
    performance: dict[str, Any],
) -> None:
    assert {case["name"] for case in performance["cases"]} == {
        "e-onay", "e-imza", "in-person", "early", "late", "window", "forged", "other-card",
        "expired-code", "press", "typed", "stolen", "serves", "lost_card", "made_again", "hands",
        "apart", "uncollected",
        *ENDS_OTHERWISE,
    }  # fmt: skip
    for case in performance["cases"]:
        if case["name"] in ENDS_OTHERWISE:
            continue
        assert case["way"][0] == "draft"
        assert case["way"][-1] == "delivered"
        assert len(bytes.fromhex(case["certificate_serial"])) >= 8
        assert case["tracking_number"]
    serials = [case["certificate_serial"] for case in performance["cases"]]
    serials = [serial for serial in serials if serial]
    assert len(set(serials)) == len(serials)


def test_a_scene_that_delivers_no_card_ends_where_it_must(performance: dict[str, Any]) -> None:
    for name, end in ENDS_OTHERWISE.items():
        assert scene(performance, name)["way"][-1] == end


@pytest.mark.parametrize(
    ("name", "approval"),
    [("e-onay", "e_onay"), ("e-imza", "e_imza"), ("in-person", "paper_received")],
)
def test_each_method_is_approved_in_its_own_state(
    performance: dict[str, Any], name: str, approval: str
) -> None:
    way = scene(performance, name)["way"]
    assert way[way.index("approved") - 1] == approval
    assert HELD not in way


def test_an_early_renewal_is_held_from_filing_to_two_months_before_the_end(
    performance: dict[str, Any],
) -> None:
    early, window = scene(performance, "early"), scene(performance, "window")
    # Five months early is held for three, four months early for two; months differ in length.
    assert 88 <= early["days_held"] <= 92
    assert 58 <= window["days_held"] <= 62
    assert scene(performance, "late")["days_held"] == 0
    assert early["way"][early["way"].index(HELD) + 1] == "queued"


def test_what_must_be_refused_is_refused_and_counted(performance: dict[str, Any]) -> None:
    refused = {case["name"]: case["refused"] for case in performance["cases"]}
    assert refused == {
        "e-onay": 0, "e-imza": 0, "in-person": 1, "early": 0, "late": 0, "window": 3,
        "forged": 1, "other-card": 1, "expired-code": 1, "press": 5, "typed": 3, "stolen": 2,
        "stopped": 1, "recalled": 1, "disputed": 1, "uncollected": 1,
        "dead": 1, "moved": 0,
        "serves": 0, "lost_card": 0, "called_back": 1, "made_again": 0,
        "hands": 4, "apart": 6,
    }  # fmt: skip


def test_the_journal_of_the_demonstration_verifies(performance: dict[str, Any]) -> None:
    journal = performance["journal"]
    assert journal["ok"] is True
    assert journal["entries"] > journal["cases"] > len(performance["cases"])


def test_openssl_accepts_each_container_and_none_for_another_text(
    performance: dict[str, Any], tmp_path: Path
) -> None:
    containers = performance["containers"]
    by_hand = {"in-person", "apart"}
    assert {one["name"] for one in containers} == {
        case["name"] for case in performance["cases"]
    } - by_hand
    for signed in containers:
        verified = openssl_verify(signed["container"], signed["content"], performance["anchors"])
        assert verified.returncode == 0, verified.stderr
        other = tmp_path / "other.txt"
        other.write_bytes(Path(signed["content"]).read_bytes() + b".")
        assert openssl_verify(signed["container"], str(other), performance["anchors"]).returncode


def test_the_signed_forms_are_pdfs_that_carry_the_same_signature(
    performance: dict[str, Any],
) -> None:
    signed = {row["name"]: row for row in performance["containers"]}
    forms = {name for name, row in signed.items() if row["signed_pdf"]}
    assert forms == {"e-imza", "forged", "other-card"}
    for name in forms:
        found = pades.check(Path(signed[name]["signed_pdf"]).read_bytes())
        kept = Path(signed[name]["container"]).read_bytes()
        assert found.container == levels.as_stamped(kept) != kept
        assert found.content == Path(signed[name]["content"]).read_bytes()


def test_poppler_and_mupdf_read_every_pdf_of_the_demonstration(
    performance: dict[str, Any], tmp_path: Path
) -> None:
    forms = [row["signed_pdf"] for row in performance["containers"] if row["signed_pdf"]]
    for form in forms:
        assert pdfs.unread(tmp_path, Path(form).read_bytes()) == []


def test_pyhankos_command_finds_the_signed_form_valid_and_unmodified_and_a_changed_byte(
    performance: dict[str, Any], tmp_path: Path
) -> None:
    (row,) = [row for row in performance["containers"] if row["name"] == "e-imza"]
    form = Path(row["signed_pdf"]).read_bytes()
    anchors = Path(performance["anchors"]).read_bytes()
    # What the certificates name is served no more once the demonstration is over.
    done = pdfs.pyhanko_command(tmp_path, form, anchors, "--no-revocation-check")
    assert (done.returncode, done.stderr) == (0, "")
    for said in (
        "The signer's certificate is trusted.",
        "The TSA certificate is trusted.",
        "The signature is cryptographically sound.",
        # What follows is the evidence that it needs, which no page shows.
        "The signature does not cover the entire file.",
        "All modifications relate to signature maintenance",
        "The signature is judged VALID.",
    ):
        assert done.stdout.count(said) == 1, done.stdout
    changed = form.replace(b"/Name (BORA ", b"/Name (DORA ")
    assert sum(a != b for a, b in zip(form, changed, strict=True)) == 1
    done = pdfs.pyhanko_command(tmp_path, changed, anchors, "--no-revocation-check")
    assert (done.returncode, done.stderr) == (1, "Error: Validation failed\n")
    assert "The signature is cryptographically unsound." in done.stdout
    assert "The signature is judged INVALID." in done.stdout


def test_openssl_accepts_the_time_stamp_inside_each_container(
    performance: dict[str, Any], tmp_path: Path
) -> None:
    for signed in performance["containers"]:
        container = Path(signed["container"]).read_bytes()
        assert levels.level(container) is levels.Level.B_LT
        (token,) = levels.time_stamps(container)
        (tmp_path / "token.der").write_bytes(token)
        command = [
            "openssl", "ts", "-verify", "-token_in", "-in", str(tmp_path / "token.der"),
            "-digest", levels.signature_imprint(container).hex(),
            "-CAfile", performance["anchors"],
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, "Verification: OK" in done.stdout) == (0, True), done.stderr


def openssl_verify(container: str, content: str, anchors: str) -> subprocess.CompletedProcess[str]:
    command = [
        "openssl", "cms", "-verify", "-inform", "DER", "-in", container, "-content", content,
        "-binary", "-CAfile", anchors, "-out", "/dev/null",
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_demonstration_stays_in_a_folder_of_its_own(performance: dict[str, Any]) -> None:
    folder = Path(performance["anchors"]).parent
    assert folder.name == "demo"
    assert [path.name for path in folder.parent.iterdir()] == ["demo"]
    assert {"keys", "tokens", "early.p7s"} <= {path.name for path in folder.iterdir()}
