"""The proof of what promises can say: each sort holds, or a way refutes it, told in words."""

from __future__ import annotations

import pytest

from tests.kit.workflow.dummies import nothing
from workflow.loading.loader import WorkflowFileError, load
from workflow.model.registry import Handler, Registry
from workflow.present.promise_words import told

ACTIONS = Registry(
    (
        Handler("item.choose", "do", nothing, writes=("way",)),
        Handler("item.close_sheet", "do", nothing, fires=("sheet.close",)),
        Handler("item.whole", "check", nothing),
        Handler("notice.told", "effects", nothing),
    )
)

TEXT = """
roles:
  system: {title: {tr: sistem, en: system}}
  owner: {title: {tr: sahip, en: owner}, subject_only: true}
  clerk: {title: {tr: memur, en: clerk}}
  maker: {title: {tr: yapan, en: maker}}
kinds:
  slow: {title: {tr: Yavaş, en: Slow}}
  fast: {title: {tr: Hızlı, en: Fast}}
workflows:
  item:
    title: {tr: a, en: a}
    table: item
    subject: owner_id
    facts:
      kind: kinds
      way: [post, mail]
      size: int
      urgent: bool
      sheet_state: {type: {states_of: sheet}, sql: (select s.state from sheet s where s.id = c.sheet_id)}
    rules:
      by_post: {when: way == post, otherwise: {tr: a, en: a}}
      by_mail: {when: way == mail and size > 0 and kind == fast, otherwise: {tr: a, en: a}}
      sheet_open: {when: sheet_state == open and urgent is none, otherwise: {tr: a, en: a}}
    states:
      filed: {title: {tr: Açıldı, en: Filed}, next: owner, due: 1 day, then: drop}
      chosen: {title: {tr: Seçildi, en: Chosen}, next: clerk, due: 1 day, then: drop}
      read: {title: {tr: Okundu, en: Read}, next: clerk, due: 1 day, then: drop}
      made: {title: {tr: Yapıldı, en: Made}, next: maker, due: 1 day, then: drop}
      sent: {title: {tr: Gitti, en: Sent}, final: true}
      dropped: {title: {tr: Bırakıldı, en: Dropped}, final: true}
    transitions:
      file: {title: {tr: Aç, en: File}, from: new, to: filed, by: owner, do: item.choose}
      choose: {title: {tr: Seç, en: Choose}, from: [filed, read], to: chosen, by: owner, do: item.choose}
      take: {title: {tr: Al, en: Take}, from: chosen, to: read, by: clerk, rules: by_post, not_subject: true}
      make: {title: {tr: Yap, en: Make}, from: read, to: made, by: [maker, system], not_by: take, not_subject: true, check: item.whole}
      make_at_once: {title: {tr: Hemen yap, en: Make at once}, from: chosen, to: made, by: system, rules: by_mail, check: item.whole}
      send: {title: {tr: Yolla, en: Send}, from: made, to: sent, by: maker, not_by: [take, make], not_subject: true, rules: sheet_open, effects: notice.told}
      drop: {title: {tr: Bırak, en: Drop}, from: [filed, chosen, read, made], to: dropped, by: [system, clerk], not_subject: true, do: item.close_sheet}
    promises:
      - every_state_can_end
"""  # noqa: E501 - a move is read best in one line

SHEET = """
  sheet:
    title: {tr: a, en: a}
    table: sheet
    subject: owner_id
    states:
      open: {title: {tr: a, en: a}, next: clerk}
      closed: {title: {tr: a, en: a}, final: true}
    transitions:
      begin: {title: {tr: a, en: a}, from: new, to: open, by: clerk}
      close: {title: {tr: a, en: a}, from: open, to: closed, by: clerk}
"""


SLIP = "      slip: {title: {tr: a, en: a}, from: made, to: sent, by: maker}"


def problems_of(promise: str, old: str = "roles:", new: str = "roles:") -> list[str]:
    """Return what is said of the file with a promise more and one place changed."""
    assert old in TEXT
    changed = TEXT.replace(old, new, 1)
    try:
        load(f"{changed}      - {promise}\n{SHEET}", ACTIONS)
    except WorkflowFileError as refused:
        return [problem.message for problem in refused.problems]
    return []


@pytest.mark.parametrize(
    "promise",
    [
        "{to: sent, different_people: [take, make, send]}",
        "{to: sent, different_people: [choose, take, send]}",
        "{to: made, different_people: [take, make_at_once, make], since_last: choose}",
        "{to: sent, only_by: maker}",
        "{to: made, from: read, only_by: [maker, system]}",
        "{to: made, only_by: [maker, system], from: [read], when: {way: post}}",
        "{to: [sent], runs: [notice.told, item.whole]}",
        "{to: sent, from: made, runs: notice.told}",
        "{to: dropped, from: [chosen, made], fires: sheet.close}",
        "{to: sent, after: [chosen], runs: item.whole}",
        "{to: sent, after: made, runs: notice.told, when: {way: post}}",
        "{to: made, after: chosen, runs: item.whole, when: {way: post}}",
        "{to: filed, passes_one_of: file, when: {way: post}}",
        "{to: sent, different_people: [choose, make_at_once]}",
        "{to: sent, after: read, passes_one_of: [make, make_at_once]}",
        "{to: made, after: chosen, only_by: [maker, system]}",
        "{to: made, runs: item.whole, from: [read, chosen]}",
        "{to: sent, not_while: {sheet_state: closed}}",
        "{to: made, passes_rule: by_post, when: {way: post}, since_last: [file, choose]}",
        "{to: sent, passes_one_of: take, when: {way: post}, since_last: [choose]}",
        "{to: sent, passes_one_of: choose, since_last: choose}",
        "no_state_waits_for_ever",
        "{not_on_own_case: [clerk, maker]}",
        "{not_on_own_case: [clerk, maker, owner]}",
    ],
)
def test_what_holds_is_proved(promise: str) -> None:
    assert problems_of(promise) == []


@pytest.mark.parametrize(
    ("promise", "old", "new", "says"),
    [
        (
            "{to: sent, different_people: [take, make, send]}",
            "not_by: take, ", "",
            "one person may make 'take' and 'make': file → choose → take → make → send",
        ),
        (
            "{to: sent, different_people: [choose, take]}",
            "rules: by_post, not_subject: true", "rules: by_post",
            "one person may make 'choose' and 'take': file → choose → take → make → send",
        ),
        (
            "{to: sent, different_people: [take, send], since_last: choose}",
            "not_by: [take, make]", "not_by: make",
            "one person may make 'take' and 'send': file → choose → take → make → send",
        ),
        (
            "{to: read, different_people: [take, send]}", "roles:", "roles:",
            "no way into 'read' takes 'send'",
        ),
        (
            "{to: sent, only_by: maker}",
            "to: sent, by: maker", "to: sent, by: [maker, system, clerk]",
            "'send' may be made by clerk or system: file → choose → make_at_once → send",
        ),
        (
            "{to: chosen, only_by: clerk, since_last: choose}", "roles:", "roles:",
            "'choose' may be made by owner: choose",
        ),
        (
            "{to: sent, from: made, runs: notice.told}",
            "effects: notice.told}", f"effects: notice.told}}\n{SLIP}",
            "'sent' is reached without 'notice.told': file → choose → make_at_once → slip",
        ),
        (
            "{to: made, from: [read, chosen], runs: item.whole}",
            "rules: by_mail, check: item.whole", "rules: by_mail",
            "'made' is reached without 'item.whole': file → choose → make_at_once",
        ),
        (
            "{to: sent, after: chosen, fires: sheet.close}", "roles:", "roles:",
            "'sent' is reached without 'sheet.close': file → choose → make_at_once → send",
        ),
        (
            "{to: sent, not_while: {sheet_state: [open, closed]}}", "roles:", "roles:",
            "'send' may be made while sheet_state is open: file → choose → make_at_once → send",
        ),
        (
            "{to: sent, from: chosen, runs: notice.told}", "roles:", "roles:",
            "no way leads from chosen into 'sent'",
        ),
        ("{to: sent, asks_reason: true}", "roles:", "roles:", "'send' asks no reason: file → "),
        (
            "{to: filed, from: chosen, passes_one_of: file}", "roles:", "roles:",
            "no way leads from chosen into 'filed'",
        ),
        (
            "{to: made, passes_one_of: take, since_last: [take]}",
            "from: read, to: made", "from: [read, filed], to: made",
            "'made' is reached without 'take': file → make",
        ),
        (
            "{to: chosen, passes_one_of: take, since_last: [choose]}", "roles:", "roles:",
            "'chosen' is reached without 'take': file → choose",
        ),
        (
            "{to: filed, passes_one_of: choose, when: {way: mail}}",
            "from: new, to: filed, by: owner", "from: new, to: filed, by: owner, rules: by_post",
            "'filed' is reached without 'choose': file",
        ),
        (
            "{to: made, passes_rule: by_post, when: {way: post}}", "roles:", "roles:",
            "'way' may change on the way: 'choose' runs 'item.choose', which writes it; name the",
        ),
        (
            "{to: sent, never_after: chosen, when: {way: post}}", "roles:", "roles:",
            "'way' may change on the way: 'choose' runs 'item.choose', which writes it; name the",
        ),
        (
            "{to: chosen, passes_one_of: file, when: {way: post}}", "roles:", "roles:",
            "'way' may change on the way: 'choose' runs 'item.choose', which writes it; name the",
        ),
        (
            "{to: sent, only_by: maker, when: {sheet_state: open}}", "roles:", "roles:",
            "'sheet_state' is no column of the case, so it may change on the way",
        ),
        (
            "no_state_waits_for_ever",
            "next: clerk, due: 1 day, then: drop}\n      made", "next: clerk}\n      made",
            "nothing is ever due in 'read': file → choose → take",
        ),
        (
            "{not_on_own_case: clerk}",
            "rules: by_post, not_subject: true", "rules: by_post",
            "clerk may make 'take' of their own case: file → choose → take",
        ),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_refuted_by_a_way(
    promise: str, old: str, new: str, says: str
) -> None:
    told = [problem.removeprefix("promise broken: ") for problem in problems_of(promise, old, new)]
    assert [problem for problem in told if problem.startswith(says)], told


WAITS = f"{TEXT}      - no_state_waits_for_ever\n{SHEET}"


def test_a_timer_that_only_turns_in_its_state_leads_nowhere() -> None:
    redo = "      redo: {title: {tr: a, en: a}, from: made, to: made, by: system}\n"
    text = WAITS.replace("      drop: {title", f"{redo}      drop: {{title", 1)
    text = text.replace("maker, due: 1 day, then: drop", "maker, due: 1 day, then: redo")
    with pytest.raises(WorkflowFileError, match="no timer leads out of 'made': file → choose"):
        load(text, ACTIONS)


def test_a_state_that_waits_for_the_system_has_a_person_who_leads_out_of_it() -> None:
    text = WAITS.replace("en: Chosen}, next: clerk", "en: Chosen}, next: system")
    take = "by: clerk, rules: by_post, not_subject: true"
    text = text.replace(take, "by: system, rules: by_post")
    assert load(text, ACTIONS)

    alone = text.replace("by: [system, clerk], not_subject: true", "by: system")
    with pytest.raises(WorkflowFileError, match="no person leads out of 'chosen': file → choose"):
        load(alone, ACTIONS)

    but = "{no_state_waits_for_ever: true, but: [chosen]}"
    assert load(alone.replace("no_state_waits_for_ever", but), ACTIONS)


@pytest.mark.parametrize(
    ("promise", "says"),
    [
        ("{to: sent}", "a promise says exactly one of passes_one_of, passes_rule, runs, fires, "),
        ("{to: sent, only_by: clerk, runs: item.whole}", "a promise says exactly one of "),
        ("{only_by: clerk}", "'to' is missing: 'only_by' of which state?"),
        ("{to: sent, only_by: clrk}", "there is no role 'clrk'; did you mean 'clerk'?"),
        ("{to: sent, only_by: clerk, from: mad}", "there is no state 'mad'; did you mean 'made'?"),
        ("{to: sent, runs: item.hole}", "there is no handler 'item.hole'; did "),
        ("{to: sent, fires: sheet.clse}", "there is no move 'sheet.clse'; did you mean "),
        ("{to: sent, fires: close}", "'close' stands where a move (workflow.transition) is exp"),
        ("{to: sent, not_while: {sheet_state: shut}}", "there is no value 'shut'"),
        ("{to: sent, not_while: {size: big}}", "'big' is no int, as 'size' is"),
        ("{to: sent, not_while: {size: 3 mnths}}", "'3 mnths' is no int, as 'size' is"),
        ("{to: sent, not_while: {size_of: 3}}", "there is no fact 'size_of'; did you mean 'size'?"),
        ("{to: sent, different_people: [take], from: made}", "'from' means nothing beside 'diff"),
        ("{to: sent, not_on_own_case: clerk}", "'to' means nothing beside 'not_on_own_case'"),
        ("{not_on_own_case: clerk, but: fil}", "there is no transition 'fil'; did you mean 'file"),
        ("{no_state_waits_for_ever: true, but: fild}", "there is no state 'fild'; did you mean "),
        (
            "{to: sent, only_by: maker, from: made, since_last: make}",
            "a promise has one of from, since_last, not more",
        ),
        ("{to: sent, asks_reason: false}", "'false' stands where true is expected"),
    ],
)
def test_a_promise_that_says_nothing_is_refused_in_words(promise: str, says: str) -> None:
    assert [problem for problem in problems_of(promise) if says in problem]


def test_an_action_fires_only_moves_that_there_are() -> None:
    fires = Handler("item.close_sheet", "do", nothing, fires=("sheet.clse", "shet.close"))
    actions = Registry([fires, *(ACTIONS[name] for name in ACTIONS if name != fires.name)])
    with pytest.raises(WorkflowFileError) as refused:
        load(TEXT + SHEET, actions)
    assert [problem.message for problem in refused.value.problems] == [
        "there is no move of 'sheet' 'clse'; did you mean 'close'?",
        "there is no move of 'shet' 'close'; there is none at all",
    ]


@pytest.mark.parametrize(
    ("promise", "tr", "en"),
    [
        (
            "{to: sent, from: [made], passes_one_of: [make, take, send]}",
            (
                "“Yapıldı” durumundan doğrudan “Gitti” durumuna “Yap”, “Al” veya “Yolla” "
                "yapılmadan gelinmez."
            ),
            "No case comes straight from “Made” to “Sent” without “Make”, “Take” or “Send”.",
        ),
        (
            "{to: sent, after: [chosen, read], runs: item.whole}",
            "“Seçildi” veya “Okundu” durumundan “Gitti” durumuna item.whole çalışmadan gelinmez.",
            "No case comes from “Chosen” or “Read” to “Sent” without item.whole.",
        ),
        (
            "{to: sent, passes_rule: sheet_open, when: {kind: slow}}",
            "“Gitti” durumuna sheet_open kuralı sağlanmadan gelinmez (kind: Yavaş).",
            "No case comes to “Sent” without the rule sheet_open (kind is Slow).",
        ),
        (
            "{to: sent, runs: notice.told, since_last: choose}",
            "Son “Seç” işleminden beri “Gitti” durumuna notice.told çalışmadan gelinmez.",
            "No case comes to “Sent” since the last “Choose” without notice.told.",
        ),
        (
            "{to: dropped, fires: sheet.close}",
            "“Bırakıldı” durumuna sheet.close işlemi de yapılmadan gelinmez.",
            "No case comes to “Dropped” without sheet.close being made too.",
        ),
        (
            "{to: sent, only_by: maker}",
            "“Gitti” durumuna kaydı yalnızca “yapan” getirir.",
            "Only “maker” brings a case to “Sent”.",
        ),
        (
            "{to: sent, not_while: {sheet_state: [closed]}}",
            "“Gitti” durumuna sheet_state: closed iken gelinmez.",
            "No case comes to “Sent” while sheet_state is closed.",
        ),
        (
            "{to: sent, not_while: {urgent: [true, false]}}",
            "“Gitti” durumuna urgent: evet veya hayır iken gelinmez.",
            "No case comes to “Sent” while urgent is yes or no.",
        ),
        (
            "{to: made, never_after: [sent, dropped]}",
            "“Gitti” veya “Bırakıldı” durumundan sonra “Yapıldı” durumuna gelinmez.",
            "No case comes to “Made” after “Sent” or “Dropped”.",
        ),
        (
            "{to: sent, different_people: [take, make]}",
            "“Gitti” durumuna gelen kayıtta “Al” ve “Yap” işlemlerini ayrı kişiler yapar.",
            "Of a case that comes to “Sent”, different people make “Take” and “Make”.",
        ),
        (
            "{not_on_own_case: clerk, but: drop}",
            "“memur” kendi kaydında işlem yapamaz; şunlar dışında: “Bırak”.",
            "No “clerk” moves a case of their own, but for “Drop”.",
        ),
        (
            "no_state_waits_for_ever",
            "Her durumda bir süre işler; sistemi bekleyen her durumdan bir kişi de çıkarabilir.",
            (
                "In every state something is due, and a person leads out of each that waits for "
                "the system."
            ),
        ),
    ],
)
def test_promises_are_told_in_words(promise: str, tr: str, en: str) -> None:
    definition = load(f"{TEXT}      - {promise}\n{SHEET}", ACTIONS)["item"]
    assert [told(definition, definition.promises[-1], language) for language in ("tr", "en")] == [
        tr,
        en,
    ]
    assert told(definition, definition.promises[0], "en") == "From every state a case can end."
