"""Each state says why, what next, and when: the table of sentences is whole."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from web.portal.advice.states import TABLES
from web.portal.advice.telling import advise, of_certificate, of_delivered, waiting
from workflow.model.duration import Duration

if TYPE_CHECKING:
    from workflow.model.definition import Definition

ENTERED = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
TODAY = date(2026, 3, 3)
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
    told = waiting(row, WAIT, "", "", TODAY) if state == "e_onay" else advise(workflow, row, TODAY)
    for text in (told.reason, told.step, told.expected):
        assert text.endswith(".")
        assert "{" not in text
        assert "–" not in text
    assert DAY.search(told.expected)


def test_a_held_application_says_from_when_production_may_start() -> None:
    told = advise("application", {**ROW, "state": "held"}, TODAY)
    assert told.expected == "Üretim 17.02.2027 tarihinde başlayabilir."


def test_days_are_those_of_istanbul() -> None:
    told = advise("application", {**ROW, "state": "rejected"}, TODAY)
    assert told.expected == "Kapanış tarihi: 03.03.2026."


def test_what_is_not_known_is_a_dash() -> None:
    told = advise("application", {"state": "couriered", "entered_at": ENTERED}, TODAY)
    assert told.reason == "Kartınız kuryede. Takip numarası: –."


def test_the_wait_for_an_e_onay_is_as_long_as_the_rule_says_and_until_production() -> None:
    for opens, last in ((None, "02.04.2026"), (date(2026, 4, 1), "02.04.2026"),
                        (date(2026, 5, 31), "31.05.2026")):  # fmt: skip
        told = waiting(
            {**ROW, "state": "e_onay", "production_opens_on": opens}, WAIT, "", "", TODAY
        )
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
    told = waiting({**ROW, "state": "e_onay"}, WAIT, code, "cümle {0}" if code else "", TODAY)
    assert told.reason.startswith(reason)
    assert told.step.startswith(step)


HELD = {"state": "suspended", "suspended_at": ENTERED, "activate_by": ENTERED + timedelta(days=30)}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"suspended_by": "office"}, "başvuru ofisi 03.03.2026 00:30 anında askıya aldı"),
        ({"activation_opens_at": ENTERED}, "03.03.2026 00:30 anından sonra"),
        ({"suspended_by": "journey"}, "Son tarih: 01.04.2026. Etkinleştirilmeyen"),
        ({"activate_by": None, "suspended_by": "holder"}, "Son geçerlilik günü: 17.04.2027."),
    ],
)
def test_a_suspended_certificate_tells_whose_turn_it_is(more: dict[str, object], said: str) -> None:
    told = advise("certificate", {**ROW, **HELD, **more}, TODAY)
    assert said in f"{told.reason} {told.step} {told.expected}"


def test_no_day_that_is_over_is_called_expected() -> None:
    row = {**ROW, "state": "e_imza", "production_opens_on": date(2026, 3, 3)}
    assert advise("application", row, TODAY).expected == (
        "Son tarih: 01.04.2026. Onaylandıktan sonra hemen üretilir."
    )
    late = waiting({**row, "state": "e_onay"}, WAIT, "", "", date(2026, 5, 1))
    assert late.expected.startswith("Son tarih: 01.05.2026.")
    ahead = {**row, "production_opens_on": date(2026, 3, 4)}
    assert "en erken üretim günü 04.03.2026." in advise("application", ahead, TODAY).expected


def test_a_delivered_card_asks_only_for_what_can_be_done() -> None:
    row = {**ROW, "state": "delivered"}
    new = {"state": "suspended", "not_before": ENTERED + timedelta(days=2)}
    assert of_delivered(row, None, ENTERED).step.startswith("Sertifikanızı etkinleştiriniz;")
    assert "05.03.2026 günü etkinleştiriniz" in of_delivered(row, new, ENTERED).step
    begun = of_delivered(row, new, ENTERED + timedelta(days=2))
    assert begun.step.startswith("Sertifikanızı etkinleştiriniz;")
    used = of_delivered(row, {**new, "state": "active"}, ENTERED)
    assert used.step == "Sizin bir şey yapmanız gerekmiyor."


def test_a_card_on_its_way_and_one_on_hold_are_not_told_the_same() -> None:
    row = {**ROW, "state": "suspended", "suspended_at": ENTERED}
    travels = advise("certificate", {**row, "suspended_by": "journey"}, TODAY)
    assert travels.step == "Kartınızı teslim alınca sertifikayı etkinleştiriniz."
    held = advise("certificate", {**row, "suspended_by": "holder"}, TODAY)
    assert held.step == "Kartınız yanınızdaysa sertifikayı askıdan indirebilirsiniz."


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2027, 1, 16, 9, tzinfo=UTC), "Yenileme dönemi 17.01.2027 tarihinde başlar;"),
        (datetime(2027, 1, 17, 9, tzinfo=UTC), "En geç 17.03.2027 günü yenileme başvurusu"),
        (datetime(2027, 3, 17, 9, tzinfo=UTC), "En geç 17.03.2027 günü yenileme başvurusu"),
        (datetime(2027, 3, 18, 9, tzinfo=UTC), "Yenileme başvurusunu bugün yapınız;"),
    ],
)
def test_a_certificate_in_force_says_by_when_to_renew_it(at: datetime, said: str) -> None:
    window = {"apply_from": Duration(months=3), "institution_deadline": Duration(months=1)}
    row = {**ROW, "state": "active", "seen": "made", "not_before": None}
    assert of_certificate(row, None, at, window).step.startswith(said)
    endless = of_certificate({**row, "ends_on": None}, None, at, window)
    assert endless.step == "Bitiş tarihi yaklaşınca yenileme başvurusu yapınız."
