"""A small workflow file that has every type of fact, kind field and window field."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from workflow.loading.loader import load
from workflow.model.registry import Registry

if TYPE_CHECKING:
    from workflow.model.definition import Definition

TEXT = """
roles:
  clerk: {title: {tr: Memur, en: Clerk}}
  owner: {title: {tr: Sahip, en: Owner}, subject_only: true}
  system: {title: {tr: Sistem, en: System}}
windows:
  - {from: 2018-01-01, span: 2 months, hours: 5 hours, count: 3, open: false, since: 2020-02-29, remind: [1, 7], word: red}
  - {from: 2026-06-01, span: 1 month, hours: 36 hours, count: 5, open: true, since: 2024-02-29, remind: [7, 30], word: blue}
kinds:
  plain: {title: {tr: Düz, en: Plain}, ways: [post, mail], wait: 30 days, paid: false, since: 2024-01-31, rank: 1, effect: none}
  fast: {title: {tr: Hızlı, en: Fast}, ways: [mail], wait: 1 month, paid: true, since: 2030-12-31, rank: 2, effect: keep}
workflows:
  item:
    title: {tr: İş, en: Item}
    table: item
    subject: owner_id
    urgency: d1
    facts:
      kind: kinds
      way: [post, mail, hand]
      colour: [red, blue]
      d1: date
      d2: date
      t1: datetime
      t2: datetime
      i1: int
      i2: int
      b1: bool
      b2: bool
      x1: text
      x2: {type: text, sql: "select 'x'"}
    rules:
      all_read:
        when: >-
          d1 < d2 and t1 < t2 and i1 < i2 and b1 and b2 and x1 == x2
          and way in kind.ways and colour == window.word
        otherwise: {tr: "Gün {d1}, tür {kind}, bugün {today}.", en: "Day {d1}, kind {kind}, today {today}."}
      late:
        when: now >= t1
        otherwise: {tr: Erken., en: Early.}
    states:
      open: {title: {tr: Açık, en: Open}, next: clerk, due: d1 - window.span, then: close}
      waiting: {title: {tr: Bekliyor, en: Waiting}, next: clerk, due: window.hours, then: close}
      timed: {title: {tr: Süreli, en: Timed}, next: clerk, due: t1 + 1 month, then: close}
      dated: {title: {tr: Günlü, en: Dated}, next: clerk, due: 2031-01-31 + 1 month, then: close}
      after: {title: {tr: Sonra, en: After}, next: clerk, due: kind.since, then: close}
      closed: {title: {tr: Kapalı, en: Closed}, final: true}
    transitions:
      start: {title: {tr: Başlat, en: Start}, from: new, to: open, by: [clerk]}
      wait: {title: {tr: Beklet, en: Wait}, from: open, to: waiting, by: [clerk], rules: [all_read]}
      time: {title: {tr: Süre ver, en: Time}, from: open, to: timed, by: [clerk]}
      date: {title: {tr: Gün ver, en: Date}, from: open, to: dated, by: [clerk]}
      postpone: {title: {tr: Ertele, en: Postpone}, from: open, to: after, by: [clerk]}
      close:
        title: {tr: Kapat, en: Close}
        from: [open, waiting, timed, dated, after]
        to: closed
        by: [system, clerk]
        rules: [late]
"""  # noqa: E501 - a table is read best in one line per row


@cache
def small() -> Definition:
    """Return the definition of the small file."""
    return load(TEXT, Registry())["item"]
