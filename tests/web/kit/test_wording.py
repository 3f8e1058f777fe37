"""The Turkish words for the values of rows: none is missing, an unknown value stands as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import pytest
from sqlalchemy import CheckConstraint

from states.cases.certificate import HOLDS, Certificate
from states.logs.desk import DeskEntry
from web.kit import wording
from workflow.model.machine import NEW

if TYPE_CHECKING:
    from workflow.model.definition import Definition

HANDED = {
    "shown": "identity_card", "number": "A01B", "by": "Kurye A.Ş.",
    "at": "2026-03-01T22:30:00+00:00",
}  # fmt: skip


def allowed(table: Any, name: str) -> set[str]:  # noqa: ANN401 - any class of a table
    """Return the values that a constraint of a table lets a column have."""
    (check,) = (
        one
        for one in table.__table__.constraints
        if isinstance(one, CheckConstraint) and str(one.name).endswith(name)
    )
    return set(re.findall(r"'([a-z_]+)'", str(check.sqltext)))


def test_whatever_the_database_can_hold_has_its_words() -> None:
    assert set(wording.DESK) == allowed(DeskEntry, "what")
    assert set(wording.SEEN) - {None} == allowed(Certificate, "seen")
    assert set(wording.HOLDS) == set(HOLDS)


def test_every_method_that_a_kind_allows_has_its_words(definitions: dict[str, Definition]) -> None:
    kinds = definitions["application"].kinds.values()
    methods = {method for kind in kinds for method in cast("tuple[str, ...]", kind["methods"])}
    assert methods - set(wording.METHODS) == set()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (wording.method_title("in_person"), "Yüz yüze"),
        (wording.method_title(""), "Seçilmedi"),
        (wording.seen_title(None), "Yalnız beyan edildi, henüz görülmedi"),
        (wording.seen_title("made"), "Bu kuruluş üretti"),
        (wording.document_title("passport"), "Pasaport"),
        (wording.document_title("unheard_of"), "unheard_of"),
        (wording.hold_title("holder"), "Sahibi"),
        (wording.hold_title("unheard_of"), "unheard_of"),
        (wording.indication_title("INDETERMINATE"), "Karara varılamadı"),
        (wording.indication_title("TOTAL-NEW"), "TOTAL-NEW"),
        (wording.letter_title({"number": "E-1/7", "dated": "2026-02-03"}), "E-1/7, 03.02.2026"),
        # Half past ten in the evening in UTC is the next day in Istanbul.
        (wording.delivery_words(HANDED), "Kimlik kartı A01B, Kurye A.Ş., 02.03.2026 01:30"),
    ],
)
def test_a_value_is_told_in_turkish(written: str, expected: str) -> None:
    assert written == expected


def test_names_of_a_definition_are_told_by_its_titles(definitions: dict[str, Definition]) -> None:
    application = definitions["application"]
    assert wording.state_title(application, "held") == application.states["held"].title.tr
    assert wording.state_title(application, NEW) == "Yeni"
    assert wording.state_title(application, "gone") == "gone"
    assert wording.role_title(application, "officer") == "Başvuru görevlisi"
    assert wording.role_title(application, "gone") == "gone"
    assert wording.kind_title(application, "first") == "İlk başvuru"
    assert wording.kind_title(application, "gone") == "gone"


@pytest.mark.parametrize(
    ("workflow", "state", "look"),
    [
        ("application", "rejected", "tag-stop"),
        ("application", "lost", "tag-stop"),
        ("certificate", "revoked", "tag-stop"),
        ("code", "locked", "tag-stop"),
        ("application", "delivered", "tag-done"),
        ("consent", "in_force", "tag-done"),
        ("certificate", "active", "tag-done"),
        ("application", "cancelled", "tag-end"),
        ("application", "in_review", "tag-wait"),
        ("application", "in_production", "tag-work"),
    ],
)
def test_a_tag_looks_as_its_state_stands(
    definitions: dict[str, Definition], workflow: str, state: str, look: str
) -> None:
    assert wording.tag_class(definitions[workflow].states[state]) == look
