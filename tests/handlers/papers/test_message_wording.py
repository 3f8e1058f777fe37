"""What the text of a message may say, and that each that passes can be filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from handlers.papers.letters.grammar import (
    COMMON,
    DEEPEST,
    LONGEST_BODY,
    LONGEST_SUBJECT,
    TextFault,
    fault_of,
    fields_of,
)
from handlers.papers.letters.message_texts import (
    CODES,
    NAMES,
    PARTS,
    Wording,
    first_wording,
    known_fields,
)
from handlers.papers.letters.samples import CASE, HIDDEN, sample
from handlers.papers.letters.wording import ENGLISH, TURKISH, english_date, fill
from tests.house.tree import ROOT
from tests.kit.handlers.world import AYSE

KNOWN = COMMON | {"reason", "waiting", "case.ends_on", 'days_in("held")'}
IN_FILES = sorted(
    str(file.relative_to(ROOT / "handlers/papers/letters/notices").with_suffix(""))
    for file in (ROOT / "handlers/papers/letters/notices").rglob("*.txt")
)
TURKISH_FILES = [name for name in IN_FILES if not name.startswith("en/")]


def test_each_file_has_a_code_of_its_own_and_an_english_one_beside_it() -> None:
    assert sorted(CODES) == TURKISH_FILES
    assert [f"en/{name}" for name in TURKISH_FILES] == [
        name for name in IN_FILES if name.startswith("en/")
    ]
    assert len(NAMES) == len(CODES)
    assert all(code == f"IM.{number:02}" for number, code in enumerate(NAMES, 1))


@pytest.mark.parametrize("name", CODES)
def test_the_first_revision_of_each_text_is_sound_in_both_languages(name: str) -> None:
    wording, known = first_wording(name), known_fields(name)
    for part in PARTS:
        text = getattr(wording, part)
        assert fault_of(text, known, subject=part.startswith("subject")) is None
        said = fill(text, part[-2:], sample())
        assert said.strip()
        assert "{" not in said
    assert fields_of(wording.body_tr) == fields_of(wording.body_en)
    assert wording.body_en.startswith("Dear {{ name }},\n")


def test_a_wording_is_named_by_all_that_it_says() -> None:
    one = Wording("a", "b", "c", "d")
    others = [Wording("ab", "", "c", "d"), Wording("a", "b", "d", "c"), Wording("a", "b", "c", "")]
    assert len({wording.sha256 for wording in (one, *others)}) == 4
    assert one.sha256 == Wording("a", "b", "c", "d").sha256
    with pytest.raises(KeyError):
        first_wording("yok")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", TextFault("texts.empty")),
        ("x" * (LONGEST_BODY + 1), TextFault("texts.too_long", 1, str(LONGEST_BODY))),
        ("a\n\n{{ tckn }}", TextFault("texts.field", 3, "tckn")),
        ("{{ case.serial }}", TextFault("texts.field", 1, "case.serial")),
        ("{{ case.__class__ }}", TextFault("texts.field", 1, "case.__class__")),
        ('{{ days_in("draft") }}', TextFault("texts.field", 1, 'days_in("draft")')),
        ("a\n{{ name", TextFault("texts.broken", 2)),
        ("{% if name %}", TextFault("texts.broken", 1)),
        ("{{ name.upper() }}", TextFault("texts.expression", 1, "call")),
        ("{{ name | upper }}", TextFault("texts.expression", 1, "filter")),
        ("{{ today | long_date(1) }}", TextFault("texts.expression", 1, "filter")),
        ("{{ 9 ** 9 }}", TextFault("texts.expression", 1, "pow")),
        ("{{ name ~ name }}", TextFault("texts.expression", 1, "concat")),
        ("{{ case['reference'] }}", TextFault("texts.expression", 1, "getitem")),
        ("{{ name < today }}", TextFault("texts.expression", 1, "compare")),
        ("{{ today.year }}", TextFault("texts.expression", 1, "getattr")),
        ("{% set a = 1 %}", TextFault("texts.statement", 1, "assign")),
        ("{% include 'x' %}", TextFault("texts.statement", 1, "include")),
        ("{% for a, b in name %}{% endfor %}", TextFault("texts.statement", 1, "for")),
        ("{% for a, b in waiting if a %}{% endfor %}", TextFault("texts.statement", 1, "for")),
        ("{% for a in waiting %}{% endfor %}", TextFault("texts.pair", 1)),
        ("{% for a, a in waiting %}{% endfor %}", TextFault("texts.pair", 1)),
        ("{% for case, b in waiting %}{% endfor %}", TextFault("texts.pair", 1)),
        (
            "{% for a, b in waiting %}\n{% for c, d in waiting %}{% endfor %}{% endfor %}",
            TextFault("texts.pair", 2),
        ),
        ("{% for a, b in waiting %}{% endfor %}{{ a }}", TextFault("texts.field", 1, "a")),
        ("{{ " + "not " * 20 + "name }}", TextFault("texts.too_deep", 1)),
        ("{{ " + "(" * 1_900 + "name" + ")" * 1_900 + " }}", TextFault("texts.too_deep", 1)),
        ("{% if name %}" * 6 + "x" + "{% endif %}" * 6, TextFault("texts.too_deep", 1)),
        (f"a\nb {AYSE}", TextFault("texts.identity", 2)),
        ("a\nb\u200bc", TextFault("texts.unseen", 2)),
    ],
)
def test_what_may_not_be_said_is_told_with_its_line(text: str, fault: TextFault) -> None:
    assert fault_of(text, KNOWN) == fault


def test_what_may_be_said_is_filled_in() -> None:
    deep = "{% if name %}" * DEEPEST + "x" + "{% endif %}" * DEEPEST
    text = (
        "{{ name }} {{ case.ends_on | long_date }} {{ today | short_date }} {{ 'x' }}"
        "{% if reason != name and reason == 'y' %}z{% elif reason and not name %}a"
        "{% elif reason %}b{% else %}c{% endif %}"
        '{{ reason or "-" }} {{ days_in("held") }}'
        "{% for a, b in waiting %}{{ a }}{{ b }}{% else %}none{% endfor %}" + deep
    )
    assert fault_of(text, KNOWN) is None
    assert fields_of(text) == KNOWN - {"case.reference"}
    values = {
        "name": "A", "case": {"ends_on": date(2027, 3, 1)}, "today": date(2027, 2, 9),
        "reason": "", "days_in": lambda _state: 7, "waiting": [("B1", "u")],
    }  # fmt: skip
    assert fill(text, TURKISH, values) == "A 1 Mart 2027 09.02.2027 xc- 7B1ux"
    assert fill(text, ENGLISH, {**values, "waiting": []}) == "A 1 March 2027 09.02.2027 xc- 7nonex"


def test_a_subject_shows_nothing_that_names_somebody() -> None:
    known = {*KNOWN, "reason"}
    assert fault_of("{{ case.reference }} {{ today | long_date }}", known, subject=True) is None
    for field in ("name", "reason"):
        told = TextFault("texts.subject_field", 1, field)
        assert fault_of(f"{{{{ {field} }}}}", known, subject=True) == told
    assert fault_of("{{ x }}", known, subject=True) == TextFault("texts.field", 1, "x")
    assert fault_of("a\nb", known, subject=True) == TextFault("texts.subject_lines", 2)
    longest = "x" * LONGEST_SUBJECT
    assert fault_of(longest, known, subject=True) is None
    told = TextFault("texts.too_long", 1, str(LONGEST_SUBJECT))
    assert fault_of(longest + "x", known, subject=True) == told


def test_an_empty_or_odd_value_breaks_no_text() -> None:
    text = "[{{ name }}|{{ case.ends_on | long_date }}|{{ today | local_time }}]"
    values = {"name": None, "case": {"ends_on": None}, "today": "dün"}
    assert fill(text, TURKISH, values) == "[||dün]"
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert fill("{{ today | local_time }}", ENGLISH, {"today": at}) == "02.03.2026 12:00:00"
    assert english_date(date(2026, 12, 9)) == "9 December 2026"


def test_of_a_real_case_only_what_may_be_seen_is_shown() -> None:
    row = {"reference": "B1", "serial": "ff", "delivery_address": "Evi", "note": "x", "state": "s"}
    shown = sample("A*** Ö***", row)
    case = shown["case"]
    assert isinstance(case, dict)
    assert (shown["name"], case["reference"], case["serial"]) == ("A*** Ö***", "B1", "ff")
    assert case["delivery_address"] == CASE["delivery_address"]
    assert "Evi" not in case.values()
    assert set(case) == set(CASE)
    assert {"delivery_address"} == HIDDEN
    assert sample()["name"] == "AYŞE ÖRNEKOĞLU"
