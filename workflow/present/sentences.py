"""The sentences that people read when a move is refused, in Turkish and English."""

from __future__ import annotations

import re
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from workflow.model.clock import ISTANBUL
from workflow.model.definition import OTHER, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workflow.model.definition import Definition

    Params = Mapping[str, object]

SENTENCES: Mapping[str, Text] = MappingProxyType({
    "workflow_error": Text(
        "İşlem yapılamadı; hiçbir şey değişmedi.",
        "The move was not made; nothing has changed.",
    ),
    "unknown_case": Text(
        "{case} numaralı kayıt yok; numarayı denetleyiniz.",
        "There is no case {case}; check the number.",
    ),
    "unknown_trigger": Text(
        "Bu süreçte “{trigger}” diye bir işlem yok.",
        "This workflow has no transition '{trigger}'.",
    ),
    "unknown_workflow": Text(
        "“{workflow}” diye bir süreç yok.",
        "There is no workflow '{workflow}'.",
    ),
    "definition_missing": Text(
        "Kaydın bağlı olduğu süreç tanımı bu kurulumda çalıştırılamıyor; yöneticiye bildiriniz.",
        "The definition that the case is pinned to cannot be run here; tell the administrator.",
    ),
    "refused": Text("İşlem reddedildi.", "The move is refused."),
    "wrong_state": Text(
        "“{trigger}” işlemi “{state}” durumunda yapılamaz.",
        "'{trigger}' cannot be done in the state '{state}'.",
    ),
    "stale_version": Text(
        "Bu kayıt siz bakarken ilerledi; yeni durumuna bakıp yeniden deneyiniz.",
        "The case has moved since you looked at it; look again and retry.",
    ),
    "role_not_allowed": Text(
        "“{trigger}” işlemini şu roller yapabilir: {allowed}.",
        "'{trigger}' may be done by: {allowed}.",
    ),
    "not_the_subject": Text(
        "“{trigger}” işlemini yalnızca kaydın sahibi yapabilir.",
        "Only the person the case is about may do '{trigger}'.",
    ),
    "own_case": Text(
        "Kendi kaydınızda “{trigger}” işlemini yapamazsınız; başka bir görevli yapmalıdır.",
        "Nobody does '{trigger}' on their own case; another person must.",
    ),
    "person_unknown": Text(
        "Hesabınız bir kişiye bağlı olmadığı için “{trigger}” işlemini yapamazsınız; "
        "yöneticiden hesabınızı kimlik numaranızla kişinize bağlamasını isteyiniz.",
        "Your account is tied to no person, so '{trigger}' is not for you; have an administrator "
        "tie it to you.",
    ),
    "same_person": Text(
        "Bu kayıtta “{earlier}” işlemini siz yaptınız; “{trigger}” işlemini başka biri yapmalıdır.",
        "You have done '{earlier}' on this case; another person must do '{trigger}'.",
    ),
    "reason_missing": Text(
        "“{trigger}” işlemi için gerekçe yazınız.",
        "Give a reason for '{trigger}'.",
    ),
    "reason_unknown": Text(
        "“{trigger}” işleminin gerekçesi şu kodlardan biriyle başlamalıdır: {reasons}.",
        "The reason of '{trigger}' has to begin with one of: {reasons}.",
    ),
    "conflict": Text(
        "İşlem başka bir kayıtla çakıştı; hiçbir şey değişmedi.",
        "The move collides with another record; nothing has changed.",
    ),
    "value_missing": Text(
        "İşlem için {column} bilgisi gereklidir; hiçbir şey değişmedi.",
        "The case needs a value of {column}; nothing has changed.",
    ),
    "busy": Text(
        "Kayıt şu anda başka bir işlemde; hiçbir şey değişmedi, yeniden deneyiniz.",
        "The case is being moved by somebody else; nothing has changed, try again.",
    ),
})  # fmt: skip
"""The sentence of each refusal code of ``workflow/model/refusal.py`` but ``rule_failed``."""

_MISSING = Text(
    "“{rule}” kuralı denetlenemedi; eksik bilgi: {missing}.",
    "The rule '{rule}' cannot be answered; missing: {missing}.",
)
_UNANSWERED = Text(
    "“{rule}” denetimi şu anda yapılamadı; daha sonra yeniden deneyiniz.",
    "The check '{rule}' cannot be answered now; try again later.",
)
_FAILED = Text("“{rule}” denetiminden geçmedi.", "The check '{rule}' refuses the move.")
_TRUTH = {True: Text("evet", "yes"), False: Text("hayır", "no")}
_BLANK = "—"
_learned: dict[str, Text] = {}
_stated: dict[str, str] = {}


def learn(texts: Mapping[str, Text], stated: Iterable[Text] = ()) -> None:
    """Take in what belongs to the handlers, once, at the start.

    ``texts`` are the sentences of check codes; ``stated`` is what moves of the handlers themselves
    say as their reason, which the journal holds in Turkish.
    """
    _learned.update(texts)
    _stated.update((text.tr, text.en) for text in stated)


def sentence(definition: Definition | None, code: str, params: Params, language: str = "tr") -> str:
    """Return the sentence of a refusal, its placeholders filled in the reader's language.

    ``code`` is that of a refusal, or the name of a rule or check itself. Dates are written as
    22.11.2026, moments in Istanbul's time; kinds, states, transitions and roles by their titles;
    what is not known as a dash. ``params`` may have been through JSON. Never raises.
    """
    text = _text(definition, code, params)
    whole = text.en if language == "en" else text.tr
    return re.sub(
        r"\{(\w+)\}",
        lambda found: _Teller(definition, language).told(found[1], params.get(found[1])),
        whole,
    )


def reason_words(
    definition: Definition, trigger: str, reason: str | None, language: str = "tr"
) -> str:
    """Return the reason of a move as people read it: its code in words, then the own words.

    ``reason`` is what the journal holds; nothing becomes "", and a reason without a code of the
    transition stays as it is, but for what was learnt to be stated in English. Never raises.
    """
    code, _, words = (reason or "").partition(":")
    move = definition.transitions.get(trigger)
    if move is None or code not in move.reasons:
        return _own_words(reason or "", language)
    title = move.reasons[code].en if language == "en" else move.reasons[code].tr
    parts = [title] if code != OTHER else []
    return ": ".join([*parts, *filter(None, [_own_words(words.strip(), language)])])


def _own_words(words: str, language: str) -> str:
    """Return what a reason says beside its code; what a handler states is said in English too."""
    if language != "en":
        return words
    return ": ".join(_stated.get(part, part) for part in words.split(": "))


def _text(definition: Definition | None, code: str, params: Params) -> Text:
    if code in SENTENCES:
        return SENTENCES[code]
    rule = str(params.get("rule", code)) if code == "rule_failed" else code
    if params.get("answer") == "error" and rule not in _learned:
        return _MISSING if params.get("missing") else _UNANSWERED
    if definition is not None and rule in definition.rules:
        return definition.rules[rule].otherwise
    return _learned.get(rule) or _named(_FAILED, rule)


def _named(text: Text, rule: str) -> Text:
    return Text(text.tr.replace("{rule}", rule), text.en.replace("{rule}", rule))


class _Teller:
    """Writes one value as people of a language read it."""

    def __init__(self, definition: Definition | None, language: str) -> None:
        self._definition = definition
        self._language = language

    def told(self, name: str, value: object) -> str:
        if isinstance(value, list | tuple | set | frozenset):
            return ", ".join(self.told(name, item) for item in value) or _BLANK
        if value is None:
            return _BLANK
        if isinstance(value, bool):
            return self._in(_TRUTH[value])
        title = self._title(name, str(value))
        return title or _written(value)

    def _in(self, text: Text) -> str:
        return text.en if self._language == "en" else text.tr

    def _title(self, name: str, value: str) -> str:
        if self._definition is None:
            return ""
        if name == "kind":
            title = self._definition.kinds.get(value, {}).get("title")
            return self._in(title) if isinstance(title, Text) else ""
        book: Mapping[str, Mapping[str, object]] = {
            "state": self._definition.states,
            "trigger": self._definition.transitions,
            "earlier": self._definition.transitions,
            "allowed": self._definition.roles,
        }
        title = getattr(book.get(name, {}).get(value), "title", None)
        return self._in(title) if isinstance(title, Text) else ""


def _written(value: object) -> str:
    moment = _moment(value) if isinstance(value, str) else value
    if isinstance(moment, datetime):
        return moment.astimezone(ISTANBUL).strftime("%d.%m.%Y %H:%M")
    if isinstance(moment, date):
        return moment.strftime("%d.%m.%Y")
    return str(value)


def _moment(text: str) -> date | datetime | str:
    """Return the date or moment that a text of JSON stands for, or the text."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})", text):
            return datetime.fromisoformat(text)
    except ValueError:
        return text
    return text
