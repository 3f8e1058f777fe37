"""Each state says why, what next, and when: the table of sentences is whole."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from web.portal.advice import advise, waiting
from web.portal.advice_texts import TABLES
from workflow.model.duration import Duration

if TYPE_CHECKING:
    from workflow.model.definition import Definition

ENTERED = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
WAIT = Duration(days=30)
DAY = re.compile(r"\d\d\.\d\d\.\d{4}")
ROW = {
    "entered_at": ENTERED,
    "due_at": ENTERED + timedelta(days=30),
    "production_opens_on": date(2027, 2, 17),
    "ends_on": date(2027, 4, 17),
    "couriered_at": ENTERED,
    "tracking_number": "YK00000000000001",
}


@pytest.mark.parametrize("workflow", ["application", "consent", "certificate"])
def test_every_state_has_its_sentences_and_no_other_has(
    definitions: dict[str, Definition], workflow: str
) -> None:
    assert list(TABLES[workflow]) == list(definitions[workflow].states)


@pytest.mark.parametrize(
    ("workflow", "state"), [(name, state) for name, table in TABLES.items() for state in table]
)
def test_every_state_tells_reason_step_and_a_date(workflow: str, state: str) -> None:
    row = {**ROW, "state": state}
    told = waiting(row, WAIT, "", "") if state == "e_onay" else advise(workflow, row)
    for text in (told.reason, told.step, told.expected):
        assert text.endswith(".")
        assert "{" not in text
        assert "–" not in text
    assert DAY.search(told.expected)


def test_a_held_application_says_from_when_production_may_start() -> None:
    told = advise("application", {**ROW, "state": "held"})
    assert told.expected == "Üretim 17.02.2027 tarihinde başlayabilir."


def test_days_are_those_of_istanbul() -> None:
    told = advise("application", {**ROW, "state": "rejected"})
    assert told.expected == "Kapanış tarihi: 03.03.2026."


def test_what_is_not_known_is_a_dash() -> None:
    told = advise("application", {"state": "couriered", "entered_at": ENTERED})
    assert told.reason == "Kartınız kuryede. Takip numarası: –."


def test_the_wait_for_an_e_onay_is_as_long_as_the_rule_says_and_until_production() -> None:
    for opens, last in ((None, "02.04.2026"), (date(2026, 4, 1), "02.04.2026"),
                        (date(2026, 5, 31), "31.05.2026")):  # fmt: skip
        told = waiting({**ROW, "state": "e_onay", "production_opens_on": opens}, WAIT, "", "")
        assert told.expected.startswith(f"Son tarih: {last}.")


@pytest.mark.parametrize(
    ("code", "reason", "step"),
    [
        ("", "Başvuru onayınızı bekliyor.", "Formu okuyup onaylayınız."),
        ("consent.missing", "Yürürlükte bir e-onayınız bulunmadığı", "e-onay veriniz, sonra"),
        ("consent.outdated", "cümle {0}", "Güncel metne, geçerli bir sertifikayla"),
        ("consent.other_form", "Formun metni değiştiği için", "Formu güncel metinle yenileyip"),
        ("form.other_open", "cümle {0}", "Bu engel kalkınca onaylayabilirsiniz"),
    ],
)
def test_what_keeps_an_application_from_its_approval_is_told_as_it_is(
    code: str, reason: str, step: str
) -> None:
    told = waiting({**ROW, "state": "e_onay"}, WAIT, code, "cümle {0}" if code else "")
    assert told.reason.startswith(reason)
    assert told.step.startswith(step)


HELD = {"state": "suspended", "suspended_at": ENTERED, "activate_by": ENTERED + timedelta(days=30)}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"suspended_by": "office"}, "başvuru ofisi 03.03.2026 00:30 anında askıya aldı"),
        ({"activation_opens_at": ENTERED}, "03.03.2026 00:30 anından sonra"),
        ({"suspended_by": "journey"}, "Son tarih: 02.04.2026 00:30. Etkinleştirilmeyen"),
        ({"activate_by": None, "suspended_by": "holder"}, "Son geçerlilik günü: 17.04.2027."),
    ],
)
def test_a_suspended_certificate_tells_whose_turn_it_is(more: dict[str, object], said: str) -> None:
    told = advise("certificate", {**ROW, **HELD, **more})
    assert said in f"{told.reason} {told.step} {told.expected}"
