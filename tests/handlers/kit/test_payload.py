"""What is handed in with a move: each kind comes back from the engine as it was built."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Protocol

import pytest

from handlers.applications.payloads import MethodChoice, PaperApproval, PaperDocument, PaperList
from handlers.cards.payloads import Consignment, Delivery, FinishedProduction, FollowsCard
from handlers.certificates.asking import Requester
from handlers.certificates.foreign import Learnt
from handlers.certificates.payloads import AuthorityLetter
from handlers.consents.payloads import EndedConsent, FormShown, SignerRevoked
from handlers.kit.payload import checked, given, written
from handlers.people.holders import NamedHuman
from handlers.signatures.sign_in import WaitingBrowser
from handlers.signatures.submission import CodeClaim, Submission

if TYPE_CHECKING:
    from workflow.model.context import Payload

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DELIVERY = Delivery("holder", "passport", "TEST00001", "TEST kurye 7", NOON)
SHOWN = PaperDocument("passport", "TEST00001", "dolap 3")


class Handed(Protocol):
    """What goes in with a move."""

    def payload(self) -> Payload:
        """Return it as the engine takes it."""
        ...


@pytest.mark.parametrize(
    "handed",
    [
        MethodChoice("e_onay", "Atatürk Bulvarı 1", shown=True),
        MethodChoice("in_person"),
        PaperList("2985-9ae7", (SHOWN, replace(SHOWN, kind="application_form"))),
        PaperApproval("face_to_face", None),
        PaperApproval(None, "ab12"),
        FinishedProduction(b"\x30\x00"),
        FollowsCard(),
        Consignment("TEST-1"),
        DELIVERY,
        Requester("court", "official_letter"),
        Learnt(),
        AuthorityLetter("17/3", date(2026, 3, 2), "TEST Kuruluş", date(2027, 3, 2)),
        AuthorityLetter("17/4", date(2026, 3, 2), revoked_on=date(2026, 3, 1)),
        FormShown("ab12"),
        SignerRevoked(NOON),
        EndedConsent(7),
        NamedHuman("10000000146", "Ayşe", "Yılmaz"),
        WaitingBrowser("token"),
        CodeClaim(b"hash"),
    ],
)  # fmt: skip
def test_what_goes_in_comes_out(handed: Handed) -> None:
    assert type(handed).of(handed.payload()) == handed  # type: ignore[attr-defined]  # each has one
    assert None not in handed.payload().values()


@pytest.mark.parametrize(
    ("kind", "nothing"),
    [
        (FinishedProduction, None),
        (SignerRevoked, None),
        (EndedConsent, None),
        (NamedHuman, None),
        (Learnt, None),
        (FollowsCard, FollowsCard(card_kept=False)),
        (Consignment, Consignment("")),
        (Delivery, Delivery("", "", "", "", None)),
        (MethodChoice, MethodChoice(None)),
        (PaperList, PaperList("", ())),
        (PaperApproval, PaperApproval(None, None)),
        (Requester, Requester("", "")),
        (FormShown, FormShown(None)),
        (WaitingBrowser, WaitingBrowser("")),
    ],
)
def test_a_move_that_brings_nothing_says_so(kind: type, nothing: object) -> None:
    found = kind.of({})  # type: ignore[attr-defined]  # each has one
    assert found == nothing


def test_the_names_of_the_mapping_are_those_that_the_terminal_takes() -> None:
    assert MethodChoice("e_onay", "Bulvar 1", shown=True).payload() == {
        "method": "e_onay", "address": "Bulvar 1", "shown": True,
    }  # fmt: skip
    assert PaperList("2985", (SHOWN,)).payload() == {
        "verification_code": "2985",
        "documents": ({"kind": "passport", "number": "TEST00001", "copy_at": "dolap 3"},),
    }
    assert DELIVERY.payload() == {
        "handed_to": "holder", "shown": "passport", "shown_number": "TEST00001",
        "handed_by": "TEST kurye 7", "handed_at": NOON,
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"shown_number": "x" * 101},
        {"shown_number": 7},
        {"handed_by": " "},
        {"handed_at": NOON.replace(tzinfo=None)},
        {"handed_at": "2026-03-02"},
    ],
)
def test_a_field_of_a_delivery_that_says_nothing_is_missing(wrong: dict[str, object]) -> None:
    found = Delivery.of({**DELIVERY.payload(), **wrong}).payload()
    assert {name for name, value in DELIVERY.payload().items() if found.get(name) != value} == set(
        wrong
    )
    assert not any(found.get(name) for name in wrong)


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (SHOWN, None),
        (replace(SHOWN, kind="letter"), "kind"),
        (replace(SHOWN, number=" "), "number"),
        (replace(SHOWN, number="x" * 201), "number"),
        (replace(SHOWN, number="x" * 200), None),
        (replace(SHOWN, copy_at=""), "copy_at"),
        (replace(SHOWN, number="", copy_at=""), "number"),
        (PaperDocument.of("no mapping"), "kind"),
    ],
)
def test_the_first_field_that_lacks_is_named(document: PaperDocument, fault: str | None) -> None:
    assert document.fault() == fault


def test_a_document_is_kept_in_normal_form_and_masked() -> None:
    kept = PaperDocument("passport", " TEST  1 ", "dosya 10000000146").kept()
    assert kept == {"kind": "passport", "number": "TEST 1", "copy_at": "dosya 100******46"}


def test_a_field_of_another_type_is_not_there() -> None:
    assert given({"n": "7"}, "n", int) is None
    assert given({"n": 7}, "n", int) == 7
    assert (written({"n": 7}, "n"), written({}, "n")) == ("7", None)


def test_an_action_without_its_check_does_not_go_on() -> None:
    assert checked("found") == "found"
    with pytest.raises(TypeError, match="no check of its move"):
        checked(None)
    with pytest.raises(TypeError):
        CodeClaim.of({"secret_hash": "text"})


def test_nothing_that_only_looks_like_a_submission_is_one() -> None:
    assert Submission(b"x").payload() == {"submission": Submission(b"x")}


def test_an_identity_number_does_not_show() -> None:
    assert "10000000146" not in repr(NamedHuman("10000000146", "Ayşe", "Yılmaz"))
