"""The courier's file: every good row, a sentence for every bad one, and no bad file at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers.kit.sentences import sentence_of
from handlers.lists import uploaded_table
from handlers.papers.sandbox import ReaderFailed, tables
from handlers.parcels.events import (
    KIND_TITLES,
    REASON_TITLES,
    CourierEvent,
    EventKind,
    ReturnReason,
    parse_moment,
    parse_tracking_number,
)
from handlers.parcels.tracking_file import (
    COLUMNS,
    MOST_ROWS,
    TrackingFile,
    read_tracking_file,
    tracking_of,
)
from states.kit.invalid import Invalid
from tests.kit.handlers.lists import workbook
from workflow.model.clock import ISTANBUL

HEAD = list(COLUMNS.values())
AT = datetime(2026, 11, 22, 17, 5, tzinfo=ISTANBUL)
GOOD = {
    "tracking_number": "YK00000000000001",
    "kind": "Teslim edildi",
    "at": "22.11.2026 17:05",
    "reason": "",
    "shown": "Kimlik kartı",
    "shown_number": "A12 345",
    "handed_by": "Işıl Çağ",
    "event_id": "o-1",
}


def text(*lines: dict[str, str], mark: str = ";", head: list[str] | None = None) -> str:
    rows = [head or HEAD, *([line[name] for name in COLUMNS] for line in lines)]
    return "".join(mark.join(row) + "\r\n" for row in rows)


def here(content: bytes) -> TrackingFile:
    """Read in this process what the product reads in another one."""
    return tracking_of(tables.read(content, str(MOST_ROWS)))


def read(**changes: str) -> TrackingFile:
    return here(text({**GOOD, **changes}).encode())


def fault(**changes: str) -> str:
    found = read(**changes)
    [rejected] = found.rejected
    assert found.events == ()
    assert rejected.number == 2
    assert rejected.reason.endswith(".")
    return rejected.code


def refused(content: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        here(content)
    assert sentence_of(caught.value).endswith(".")
    return caught.value.code


@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254", "utf-16"])
def test_a_delivery_is_read_in_each_usual_form(encoding: str, mark: str) -> None:
    found = here(text(GOOD, mark=mark).encode(encoding))
    assert found.rejected == ()
    [numbered] = found.events
    assert numbered.number == 2
    assert numbered.event == CourierEvent(
        tracking_number="YK00000000000001",
        kind=EventKind.DELIVERED,
        at=AT,
        shown="identity_card",
        shown_number="A12 345",
        handed_by="Işıl Çağ",
        event_id="o-1",
    )


def test_a_workbook_says_the_same() -> None:
    line: list[object] = [GOOD[name] for name in COLUMNS]
    heads: list[object] = list(HEAD)
    assert here(workbook(heads, line)) == here(text(GOOD).encode())


def test_headings_are_ours_or_the_names_of_the_fields_in_any_order_and_case() -> None:
    found = here(b"ZAMAN,tracking number,DURUM,Not\n22.11.2026 17:05,AB-12,KAYIP,x\n")
    assert [one.event for one in found.events] == [CourierEvent("AB-12", EventKind.LOST, AT)]
    assert here(b"at;kind;tracking_number\n2026-11-22 17:05;lost;AB-12\n").events == found.events


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("IADE", "returned"), ("iade edildi", "returned"), ("İade", "returned"),
        ("RETURNED", "returned"), ("KAYIP", "lost"), ("kayıp", "lost"), ("Kayboldu", "lost"),
        ("SUBEDE", "at_branch"), ("Şubede", "at_branch"), ("AT_BRANCH", "at_branch"),
        ("at-branch", "at_branch"), ("TESLIM EDILDI", "delivered"), ("DELIVERED", "delivered"),
        ("TESLİM", "delivered"), ("Teslim  denemesi", "attempt"), ("ATTEMPT", "attempt"),
    ],
)  # fmt: skip
def test_a_kind_is_known_however_it_is_written(written: str, kind: str) -> None:
    [one] = read(kind=written, reason="Taşınmış").events
    assert one.event.kind == kind


@pytest.mark.parametrize("reason", ReturnReason)
def test_every_reason_is_known_by_its_title_and_its_code(reason: ReturnReason) -> None:
    title = REASON_TITLES[reason]
    for word in (title.tr, title.en, reason.value, reason.value.upper()):
        [one] = read(kind="İade", reason=word).events
        assert one.event.reason is reason


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"tracking_number": ""}, "tracking.number"),
        ({"tracking_number": "A12"}, "tracking.number"),
        ({"tracking_number": "A" * 41}, "tracking.number"),
        ({"tracking_number": "ÇĞ-12345"}, "tracking.number"),
        ({"tracking_number": "=1+1"}, "cell.formula"),
        ({"handed_by": "@SUM(A1)"}, "cell.formula"),
        ({"shown_number": "+90"}, "cell.formula"),
        ({"event_id": "-2"}, "cell.formula"),
        ({"at": "#YOK"}, "cell.error"),
        ({"handed_by": "x" * 501}, "cell.long"),
        ({"event_id": "x" * 101}, "cell.long"),
        ({"handed_by": "x" * 101}, "tracking.word_long"),
        ({"kind": ""}, "tracking.kind"),
        ({"kind": "yolda"}, "tracking.kind"),
        ({"shown": "Üye kartı"}, "tracking.shown"),
        ({"shown": ""}, "courier.nothing_shown"),
        ({"shown_number": ""}, "courier.nothing_shown"),
        ({"handed_by": ""}, "courier.nobody_named"),
        ({"kind": "İade"}, "tracking.reason_missing"),
        ({"reason": "canı istemedi"}, "tracking.reason"),
        ({"at": ""}, "tracking.moment"),
        ({"at": "22.11.2026"}, "tracking.moment"),
        ({"at": "22.11.2026 25:00"}, "tracking.moment"),
        ({"at": "dün 17:05"}, "date.form"),
        ({"at": "22 Ocakk 2026 17:05"}, "date.form"),
        ({"at": "31.11.2026 10:00"}, "date.absent"),
        ({"at": "31 Kasım 2026 10:00"}, "date.absent"),
        ({"at": "2026-02-30T10:00"}, "date.absent"),
        ({"at": "2026-11-22T10:61"}, "date.absent"),
        ({"at": "01.01.9999 10:00"}, "date.far"),
        ({"at": "0001-01-01T00:00"}, "date.far"),
    ],
)
def test_a_bad_cell_refuses_its_row_by_a_sentence(changes: dict[str, str], code: str) -> None:
    assert fault(**changes) == code


@pytest.mark.parametrize(
    "written",
    [
        "22.11.2026 17:05", "22/11/2026 17:05", "22.11.2026 17.05", "22.11.2026, 17:05:00",
        "22 Kasım 2026 17:05", "22 KASIM 2026 saat 17:05", "2026-11-22T17:05:00+03:00",
        "2026-11-22T14:05Z", "2026-11-22 17:05:00.000", "  22.11.2026   17:05 ",
    ],
)  # fmt: skip
def test_a_moment_is_read_as_people_and_programs_write_it(written: str) -> None:
    assert parse_moment(written) == AT


def test_seconds_count_and_a_moment_without_a_zone_is_one_of_istanbul() -> None:
    assert parse_moment("22.11.2026 17:05:09") - AT == timedelta(seconds=9)
    assert parse_moment("2026-11-22T17:05").astimezone(UTC).hour == 14


def test_a_bad_row_spoils_no_other_and_events_stand_in_the_order_of_their_moments() -> None:
    lines = [
        {**GOOD, "tracking_number": "AB-2", "at": "22.11.2026 18:00", "event_id": ""},
        {**GOOD, "kind": "yolda"},
        {**GOOD, "tracking_number": "AB-1", "at": "22.11.2026 09:00", "event_id": ""},
    ]
    found = here(text(*lines).encode())
    assert [(one.number, one.event.tracking_number) for one in found.events] == [
        (4, "AB-1"),
        (2, "AB-2"),
    ]
    [rejected] = found.rejected
    assert (rejected.number, rejected.code) == (3, "tracking.kind")
    known = ", ".join(title.tr for title in KIND_TITLES.values())
    assert rejected.reason == f"“yolda” bilinen bir durum değil. Bilinenler: {known}."


def test_a_repeated_row_counts_once_and_says_where_it_stood_first() -> None:
    same = {**GOOD, "event_id": "o-2"}
    of_one_id = {**GOOD, "at": "22.11.2026 17:06"}
    later = {**GOOD, "at": "22.11.2026 17:07", "event_id": ""}
    found = here(text(GOOD, same, of_one_id, later).encode())
    assert [one.number for one in found.events] == [2, 5]
    assert [(one.number, one.code) for one in found.rejected] == [
        (3, "tracking.repeated"),
        (4, "tracking.repeated"),
    ]
    assert "2. satırda" in found.rejected[0].reason


def test_an_open_quotation_mark_costs_its_row_only() -> None:
    content = text(GOOD, {**GOOD, "handed_by": '"Işıl', "event_id": "o-2"}).encode()
    found = here(content)
    assert [one.number for one in found.events] == [2]
    assert [(one.number, one.code) for one in found.rejected] == [(3, "row.quotation")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "tracking.empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "upload.type"),
        (b"%PDF-1.7", "upload.type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "upload.old"),
        (b"Takip numaras\xc4\xb1;Durum\nA;B\n", "tracking.columns"),
        (b"\n\n", "tracking.columns"),
        (b"durum;kind;zaman;takip numarasi\n", "upload.heading_twice"),
        (b"x" * (5 * 1024 * 1024 + 1), "upload.large"),
    ],
)
def test_a_file_that_is_none_is_refused_whole_by_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_tracking_file(content)
    assert caught.value.code == code
    assert sentence_of(caught.value).endswith(".")


def test_the_words_of_an_empty_file_and_of_missing_columns_are_those_of_the_courier() -> None:
    assert refused(b"zaman;durum\n") == "tracking.columns"
    with pytest.raises(Invalid) as caught:
        here(b"zaman;durum\n")
    assert sentence_of(caught.value) == (
        "Dosyada şu sütunlar yok: Takip numarası. İlk satır sütun adlarını taşımalıdır."
    )


def test_a_hundred_thousand_rows_are_refused_and_five_hundred_are_read() -> None:
    head = "Takip numarası;Durum;Zaman\n"
    line = "AB-{};Kayıp;22.11.2026 17:05\n"
    most = head + "".join(line.format(one) for one in range(MOST_ROWS))
    assert len(here(most.encode()).events) == MOST_ROWS
    with pytest.raises(Invalid) as caught:
        read_tracking_file((head + line.format(1) * 100_000).encode())
    assert sentence_of(caught.value) == "Liste en çok 500 satır olabilir; bölünüz."


def test_a_reader_that_dies_or_says_something_unknown_refuses_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dies(*_: object) -> None:
        raise ReaderFailed

    monkeypatch.setattr(uploaded_table, "read_apart", dies)
    with pytest.raises(Invalid, match="upload.type"):
        read_tracking_file(b"x")
    with pytest.raises(Invalid, match="upload.type"):
        tracking_of({"fault": "sql"})


def test_an_event_shows_nothing_of_what_the_holder_showed() -> None:
    [one] = read().events
    assert repr(one.event) == (
        "CourierEvent(YK00000000000001, delivered, 2026-11-22T17:05:00+03:00)"
    )


def test_a_scanned_number_loses_blanks_around_it_and_nothing_else() -> None:
    assert parse_tracking_number("  yk-12\n") == "yk-12"
    with pytest.raises(Invalid, match="tracking.number"):
        parse_tracking_number("yk 12")
