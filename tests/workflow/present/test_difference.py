"""The tests of the difference of two definitions: what changed is said, and nothing else."""

from __future__ import annotations

import pytest

from tests.kit.workflow import process as kit
from tests.workflow.engine.test_sets import OLDER
from workflow.present.difference import Change, Detail, differences

PROCESS = kit.PROCESS


def changes(*replaced: tuple[str, str]) -> list[Change]:
    """Return the differences that some changes of the file make to its first workflow."""
    newer = PROCESS
    for old, new in replaced:
        assert old in newer
        newer = newer.replace(old, new)
    return differences(kit.definitions()["matter"], kit.definitions(newer)["matter"])


def test_a_definition_does_not_differ_from_itself() -> None:
    assert changes() == []
    assert changes(("# The process", "# Another sentence")) == []


CASES = {
    "a title": (
        ("title: {tr: Taslak, en: Draft}", "title: {tr: Karalama, en: Draft}"),
        Change("Durumlar", "changed", "draft", "Karalama",
               (Detail("Başlık", "Taslak", "Karalama"),)),
    ),
    "a timer": (
        ("next: applicant, due: 30 days", "next: applicant, due: 45 days"),
        Change("Durumlar", "changed", "draft", "Taslak", (Detail("Süre", "30 days", "45 days"),)),
    ),
    "who acts next": (
        ("{tr: Park, en: Parked}, next: officer", "{tr: Park, en: Parked}, next: applicant"),
        Change("Durumlar", "changed", "parked", "Park",
               (Detail("Sıradaki", "Görevli", "Başvuran"),)),
    ),
    "what a timer does": (
        ("then: [reopen, close]}", "then: [close]}"),
        Change("Durumlar", "changed", "rejected", "Ret",
               (Detail("Süre dolunca", "Aç (reopen), Kapat (close)", "Kapat (close)"),)),
    ),
    "a state left at once": (
        ("next: system, due: opens_on, then: release", "next: system, due: at_once, then: release"),
        Change("Durumlar", "changed", "held", "Bekliyor", (Detail("Süre", "opens_on", "hemen"),)),
    ),
    "who may make a move": (
        ("{tr: Park et, en: Park}, from: filed, to: parked, by: [officer]}",
         "{tr: Park et, en: Park}, from: [filed, ready], to: parked, by: [officer, applicant]}"),
        Change("İşlemler", "changed", "park", "Park et", (
            Detail("Nereden", "Verildi (filed)", "Verildi (filed), Hazır (ready)"),
            Detail("Kim yapabilir", "Görevli", "Görevli, Başvuran"),
        )),
    ),
    "four eyes": (
        ("not_by: [note, note_heard], not_subject: true, rules: [permitted]}",
         "not_by: [note], rules: [permitted]}"),
        Change("İşlemler", "changed", "approve", "Onayla", (
            Detail("Şunları yapan yapamaz", "Not (note), Not (note_heard)", "Not (note)"),
            Detail("Kaydın sahibi yapamaz", "evet", "yok"),
        )),
    ),
    "a reason": (
        ("from: filed, to: watched, by: [officer]}",
         "from: filed, to: watched, by: [officer], reason: optional}"),
        Change("İşlemler", "changed", "look", "Bak",
               (Detail("Gerekçe", "sorulmaz", "yazılabilir"),)),
    ),
    "the codes of a reason": (
        ("to: rejected, by: [officer], reason: required}",
         "to: rejected, by: [officer], reason: required, reasons: {twin: {tr: Çift, en: Twin}}}"),
        Change("İşlemler", "changed", "refuse", "Reddet",
               (Detail("Gerekçe kodları", "yok", "Çift (twin)"),)),
    ),
    "the text of a rule": (
        ("when: permits > 0", "when: permits > 1"),
        Change("Kurallar", "changed", "permitted", "",
               (Detail("Koşul", "permits > 0", "permits > 1"),)),
    ),
    "what a refused person reads": (
        ("otherwise: {tr: İzin yok.", "otherwise: {tr: İzniniz yok."),
        Change("Kurallar", "changed", "permitted", "",
               (Detail("Sağlanmazsa", "İzin yok.", "İzniniz yok."),)),
    ),
    "what a role reaches": (
        ("subject_only: true}", "subject_only: false}"),
        Change("Roller", "changed", "applicant", "Başvuran",
               (Detail("Yalnız kendi kayıtları", "evet", "yok"),)),
    ),
    "the values of a fact": (
        ("method: [e_onay, wet_signature]", "method: [e_onay, e_imza, wet_signature]"),
        Change("Bilgiler", "changed", "method", "",
               (Detail("Değerler", "e_onay, wet_signature", "e_onay, e_imza, wet_signature"),)),
    ),
    "a period": (
        ("grace: 2 days", "grace: 1 month"),
        Change("Dönemler", "changed", "2018-05-28", "", (Detail("grace", "2 gün", "1 ay"),)),
    ),
    "a kind": (
        ("first:   {title: {tr: İlk, en: First}}", "first:   {title: {tr: Yeni, en: First}}"),
        Change("Türler", "changed", "first", "Yeni", (Detail("Başlık", "İlk", "Yeni"),)),
    ),
    "the process itself": (
        ("title: {tr: İş, en: Matter}", "title: {tr: Dosya, en: Matter}"),
        Change("Süreç", "changed", "matter", "Dosya", (Detail("Başlık", "İş", "Dosya"),)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_changed_is_said_in_words(name: str) -> None:
    replaced, expected = CASES[name]
    assert changes(replaced) == [expected]


def test_a_new_title_of_a_state_is_no_difference_of_the_moves_that_touch_it() -> None:
    (change,) = changes(("title: {tr: Verildi, en: Filed}", "title: {tr: Alındı, en: Filed}"))
    assert (change.section, change.title) == ("Durumlar", "Alındı")


def test_what_is_new_and_what_is_gone_comes_whole() -> None:
    older, newer = kit.definitions(OLDER)["matter"], kit.definitions()["matter"]
    by_name = {change.name: change for change in differences(older, newer)}
    assert set(by_name) == {"matter", "park", "look", "peek"}
    assert (by_name["look"].kind, by_name["peek"].kind) == ("added", "removed")
    assert Detail("Nereye", "yok", "İzleniyor (watched)") in by_name["look"].details
    assert Detail("Nereye", "İzleniyor (watched)", "yok") in by_name["peek"].details
    assert by_name["park"].details == (Detail("Yapılanlar", "desk.act", "yok"),)
    assert [change.name for change in differences(older, newer)][-1] == "peek"


def test_yes_no_lists_and_lengths_of_a_period_are_words() -> None:
    dated = "grace: 2 days, open: true, shut: false, remind: [30, 7], wait: 90 minutes, now: 0 days"
    (change,) = changes(("grace: 2 days", dated))
    assert {detail.what: detail.after for detail in change.details} == {
        "open": "evet", "shut": "hayır", "remind": "30, 7", "wait": "5400 saniye", "now": "0 gün",
    }  # fmt: skip


def test_a_move_that_opens_a_case_comes_from_the_new() -> None:
    begin = "begin: {title: {tr: Aç, en: Begin}, from: new, to: draft, by: [officer]}\n      "
    (change,) = changes(("file: {title", f"{begin}file: {{title"))
    assert (change.kind, change.name) == ("added", "begin")
    assert Detail("Nereden", "yok", "Yeni (new)") in change.details
