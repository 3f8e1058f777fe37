"""The proof that every refusal has its sentence, in both languages, whatever its values."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.workflow.dummies import SHIPPED, registry_of, shipped_text
from workflow.loading.loader import load
from workflow.model import refusal
from workflow.model.definition import Text
from workflow.model.verdict import ALLOW, Answer
from workflow.present import sentences
from workflow.present.sentences import SENTENCES, learn, reason_words, sentence
from workflow.rules.evaluation import binds, complete, facts_of, judge, placeholders

APPLICATION = load(SHIPPED, registry_of(shipped_text()))["application"]
CODES = sorted(
    kind.code
    for _, kind in inspect.getmembers(refusal, inspect.isclass)
    if issubclass(kind, refusal.WorkflowError)
)
NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize("language", ["tr", "en"])
@pytest.mark.parametrize("code", CODES)
def test_every_refusal_has_a_sentence_without_open_places(code: str, language: str) -> None:
    text = sentence(APPLICATION, code, {}, language)

    assert text.endswith(".")
    assert "{" not in text
    assert (code in SENTENCES) == (code != "rule_failed")


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_both_languages_name_the_same_things(code: str) -> None:
    text = SENTENCES[code]

    assert set(placeholders(text.tr)) == set(placeholders(text.en))


@pytest.mark.parametrize(
    ("code", "params", "tr", "en"),
    [
        (
            "wrong_state",
            {"trigger": "release", "state": "held"},
            "“Üretime bırak” işlemi “Üretim tarihi bekleniyor” durumunda yapılamaz.",
            "'Release' cannot be done in the state 'Held until production opens'.",
        ),
        (
            "role_not_allowed",
            {"trigger": "reject", "roles": ["auditor"], "allowed": ["officer", "operator"]},
            "“Reddet” işlemini şu roller yapabilir: Başvuru görevlisi, Üretim görevlisi.",
            "'Reject' may be done by: Registration officer, Production operator.",
        ),
        (
            "same_person",
            {"trigger": "approve_paper", "earlier": ["register_paper"]},
            (
                "Bu kayıtta “Evrakı kaydet” işlemini siz yaptınız; "
                "“Evrakı onayla” işlemini başka biri yapmalıdır."
            ),
            "You have done 'Register paper' on this case; another person must do 'Approve paper'.",
        ),
        (
            "unknown_trigger",
            {"trigger": "fly", "workflow": "application"},
            "Bu süreçte “fly” diye bir işlem yok.",
            "This workflow has no transition 'fly'.",
        ),
        (
            "rule_failed",
            {"rule": "window_open", "answer": "deny", "production_opens_on": date(2027, 2, 17)},
            "Üretim 17.02.2027 tarihinde başlayabilir.",
            "Production may start on 17.02.2027.",
        ),
        (
            "window_open",
            {"production_opens_on": "2027-02-17"},
            "Üretim 17.02.2027 tarihinde başlayabilir.",
            "Production may start on 17.02.2027.",
        ),
        (
            "rule_failed",
            {"rule": "kind_allows_method", "kind": "puk_blocked"},
            "PUK kilitlenmesi başvurusu seçilen yöntemle onaylanamaz.",
            "An application of kind PUK blocked can not be approved by the chosen method.",
        ),
        (
            "rule_failed",
            {"rule": "window_open", "answer": "error", "missing": ["production_opens_on"]},
            "“window_open” kuralı denetlenemedi; eksik bilgi: production_opens_on.",
            "The rule 'window_open' cannot be answered; missing: production_opens_on.",
        ),
        (
            "rule_failed",
            {"rule": "status.away", "answer": "error"},
            "“status.away” denetimi şu anda yapılamadı; daha sonra yeniden deneyiniz.",
            "The check 'status.away' cannot be answered now; try again later.",
        ),
        (
            "rule_failed",
            {"rule": "paper.unlisted", "answer": "deny"},
            "“paper.unlisted” denetiminden geçmedi.",
            "The check 'paper.unlisted' refuses the move.",
        ),
    ],
)
def test_a_refusal_is_told_with_titles_and_dates(
    code: str, params: dict[str, object], tr: str, en: str
) -> None:
    assert sentence(APPLICATION, code, params) == tr
    assert sentence(APPLICATION, code, params, "en") == en


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "—"),
        ([], "—"),
        (True, "evet"),
        (False, "hayır"),
        (7, "7"),
        ("words", "words"),
        (date(2026, 11, 2), "02.11.2026"),
        (NOW, "22.11.2026 17:05"),
        ("2026-11-22T14:05:00+00:00", "22.11.2026 17:05"),
        ("2026-11-22T14:05:00.5Z", "22.11.2026 17:05"),
        ("2026-02-31", "2026-02-31"),
        ("2026-11-22T99:05:00Z", "2026-11-22T99:05:00Z"),
        (["a", 2], "a, 2"),
    ],
)
def test_a_value_is_written_as_people_read_it(value: object, told: str) -> None:
    assert sentence(None, "unknown_case", {"case": value}) == (
        f"{told} numaralı kayıt yok; numarayı denetleyiniz."
    )


def test_a_kind_that_is_gone_is_told_by_its_name() -> None:
    params = {"rule": "kind_allows_method", "kind": "ancient"}

    assert sentence(APPLICATION, "rule_failed", params).startswith("ancient başvurusu")


def test_sentences_of_checks_are_learned_from_the_handlers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sentences, "_learned", {})
    learn({"code.expired": Text("Kodun süresi {at} doldu.", "The code ended {at}.")})

    params = {"rule": "code.expired", "answer": "deny", "at": NOW}
    assert sentence(None, "rule_failed", params) == "Kodun süresi 22.11.2026 17:05 doldu."
    assert sentence(None, "code.expired", params, "en") == "The code ended 22.11.2026 17:05."
    assert sentence(None, "rule_failed", {**params, "answer": "error"}).startswith("Kodun")


def test_what_handlers_state_as_a_reason_is_told_in_both_languages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sentences, "_stated", {})
    learn({}, [Text("Kart kayboldu", "The card is lost")])
    code, words = next(iter(APPLICATION.transitions["cancel_by_office"].reasons.items()))

    def told(reason: str | None, language: str = "en", trigger: str = "cancel_by_office") -> str:
        return reason_words(APPLICATION, trigger, reason, language)

    assert told("Kart kayboldu") == told("Kart kayboldu", trigger="gone") == "The card is lost"
    assert told("Kart kayboldu", "tr") == "Kart kayboldu"
    assert told("NES-1: Kart kayboldu: evde") == "NES-1: The card is lost: evde"
    assert told("Kart kayboldu dün") == "Kart kayboldu dün"
    assert told(f"{code}: Kart kayboldu") == f"{words.en}: The card is lost"
    assert told(f"{code}: Kart kayboldu", "tr") == f"{words.tr}: Kart kayboldu"
    assert told("other: Kart kayboldu") == "The card is lost"
    assert told(None) == ""


@given(st.dictionaries(st.text(max_size=8), st.none() | st.text(max_size=8) | st.integers()))
def test_no_parameters_bring_a_sentence_down(params: dict[str, object]) -> None:
    for code in CODES:
        assert sentence(APPLICATION, code, params)


def facts(**given_facts: object) -> dict[str, object]:
    empty: dict[str, object] = dict.fromkeys(APPLICATION.facts)
    return complete(APPLICATION, {**empty, **given_facts}, now=NOW, entered_at=None)


def test_a_rule_allows() -> None:
    assert judge(APPLICATION, "window_open", facts(production_opens_on=date(2026, 11, 22))) == ALLOW


def test_a_rule_denies_with_the_values_its_sentence_names() -> None:
    verdict = judge(APPLICATION, "window_open", facts(production_opens_on=date(2026, 11, 23)))

    assert verdict.answer is Answer.DENY
    assert verdict.code == "window_open"
    assert verdict.params == {"production_opens_on": date(2026, 11, 23)}


@pytest.mark.parametrize(
    ("rule", "given_facts", "missing"),
    [
        ("window_open", {}, ["production_opens_on"]),
        ("kind_allows_method", {}, ["method", "kind"]),
        ("kind_allows_method", {"kind": "ancient", "method": "e_onay"}, ["kind"]),
        ("waited_long", {}, ["entered_at", "production_opens_on"]),
        (
            "old_certificate_gone",
            {"kind": "renewal", "old_certificate_status": "active"},
            ["old_certificate_ends_at"],
        ),
    ],
)
def test_a_rule_that_can_not_answer_names_what_is_missing(
    rule: str, given_facts: dict[str, object], missing: list[str]
) -> None:
    verdict = judge(APPLICATION, rule, facts(**given_facts))

    assert verdict.answer is Answer.ERROR
    assert verdict.params == {"missing": missing}


def test_the_facts_of_a_rule_are_those_it_reads_or_tells() -> None:
    assert facts_of(APPLICATION, "kind_allows_method") == {"kind", "method"}
    assert facts_of(APPLICATION, "window_open") == {"production_opens_on"}
    assert facts_of(APPLICATION, "waited_long") == {"production_opens_on"}
    assert facts_of(APPLICATION, "paper_accepted") == {"person_valid_until"}


def test_a_file_without_windows_has_rules_without_windows() -> None:
    bare = replace(APPLICATION, windows=())

    assert binds(bare, NOW) == {"today": date(2026, 11, 22), "now": NOW}
    known = complete(bare, {}, now=NOW, entered_at=None)
    assert not [name for name in known if name.startswith("window.")]


def test_the_policy_of_the_day_goes_to_the_server_in_its_own_types() -> None:
    values = binds(APPLICATION, datetime(2020, 1, 1, tzinfo=UTC))

    assert values["window_produce_from"] == "2 months"
    assert values["window_remind"] == [90, 60, 30, 15, 7, 1]
    assert values["window_paper_for_first"] is True
    assert "window_from" not in values


def test_the_present_day_is_counted_in_istanbul() -> None:
    late = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)

    assert binds(APPLICATION, late)["today"] == date(2026, 11, 23)
    assert complete(APPLICATION, {}, now=late, entered_at=None)["today"] == date(2026, 11, 23)
