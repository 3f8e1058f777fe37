"""Tests that whoever is refused by a check is told why in a sentence of his language."""

from __future__ import annotations

import ast
import pkgutil
import re
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import handlers
import states
import web
from handlers.cards import station
from handlers.kit import sentences
from handlers.kit.sentences import SENTENCES, fill, sentence_of
from handlers.lists import uploaded_table
from handlers.lists.intake import LISTED_AS
from handlers.papers import scans
from handlers.papers.letters import grammar
from handlers.papers.sandbox import tables
from handlers.papers.scans import rendering
from handlers.post import kep
from handlers.post.delivery import CHANNELS
from handlers.signatures.code import _CLOSED
from signing.verdict import SubIndication
from states.kit import mail_address
from states.kit.invalid import Invalid
from states.kit.text import identifier
from workflow.model.definition import Text
from workflow.present.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType


def path_of(module: ModuleType) -> Path:
    """Return the file of a module, of a package that of its own."""
    assert module.__file__ is not None
    return Path(module.__file__)


def files_of(room: ModuleType) -> list[Path]:
    """Return the modules of a room."""
    return sorted(path_of(room).parent.rglob("*.py"))


def faults_in(program: ModuleType, error: str) -> set[str]:
    """Return the faults that a reading program raises."""
    nodes = ast.walk(ast.parse(path_of(program).read_text()))
    calls = (node for node in nodes if isinstance(node, ast.Call))
    named = (one for one in calls if isinstance(one.func, ast.Name) and one.func.id == error)
    return {fault for call in named for fault in plain(call.args[0])}


def subjects() -> Iterator[Mapping[str, Text]]:
    """Yield the sentences of each subject."""
    for module in pkgutil.iter_modules(sentences.__path__):
        subject = import_module(f"{sentences.__name__}.{module.name}")
        found: Mapping[str, Text] = getattr(subject, module.name.upper())
        yield found


def placeholders(text: str) -> set[str]:
    """Return the names that a sentence mentions."""
    return set(re.findall(r"\{(\w+)\}", text))


def named_reasons(module: ModuleType) -> set[str]:
    """Return the reasons that a module names as it raises."""
    words = (one for one in ast.walk(ast.parse(path_of(module).read_text()))
             if isinstance(one, ast.keyword) and one.arg == "reason")  # fmt: skip
    return {reason for word in words for reason in plain(word.value)}


def texts_in(module: ModuleType) -> set[str]:
    """Return every text that stands in a module."""
    nodes = ast.walk(ast.parse(path_of(module).read_text()))
    return {text for node in nodes if isinstance(node, ast.expr) for text in plain(node)}


CALLS = frozenset({"deny", "error", "Invalid", "fill"})
"""What is called with the code of a sentence before anything else."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A place in the product that names a code: with which parameters, None for not told here."""

    code: str
    params: frozenset[str] | None
    where: str


def spoken_in(path: Path) -> Iterator[Spoken]:
    """Yield the codes that a file names as plain text."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            for code in plain(node.args[0]):
                yield Spoken(code, params_of(node), f"{path.name}:{node.lineno}")


def plain(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument can be, of a choice both."""
    if isinstance(node, ast.IfExp):
        yield from plain(node.body)
        yield from plain(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def params_of(call: ast.Call) -> frozenset[str] | None:
    """Return the names of the parameters of a call; None where they come from elsewhere."""
    names = [word.arg for word in call.keywords]
    if len(call.args) > 1 and isinstance(call.args[1], ast.Dict):
        names += [str(key.value) for key in call.args[1].keys if isinstance(key, ast.Constant)]
    known = frozenset(name for name in names if name)
    return known if len(known) == len(names) else None


SPOKEN = [
    one for room in (handlers, states, web) for path in files_of(room) for one in spoken_in(path)
]
ANSWERED = (
    {one.code for one in SPOKEN}
    | set(_CLOSED.values())
    | {f"signature.{identifier(sub.value)}" for sub in SubIndication}
    | {f"{field}.form" for field in ("given_name", "surname", "email", "phone")}
    | {f"upload.{fault}" for fault in uploaded_table.FAULTS}
    | {f"scan.{fault}" for fault in scans.FAULTS}
    | {f"list.{code}" for code in LISTED_AS}
    | {f"station.failed.{reason}" for reason in station.REASONS}
    | {f"stock.no_{word}" for word in ("name", "maker")}
    | {f"tracking.{word}" for word in ("kind", "reason", "shown")}
    | {f"contact.no_{channel}" for channel in CHANNELS}
    | {f"email.{reason}" for module in (mail_address, kep) for reason in named_reasons(module)}
    | {text for text in texts_in(grammar) if text.startswith("texts.")}
)


def test_each_code_has_a_sentence_and_each_sentence_a_code() -> None:
    assert len(ANSWERED) > 180
    assert SENTENCES.keys() == ANSWERED


def test_no_code_stands_in_two_subjects() -> None:
    assert len(SENTENCES) == sum(len(subject) for subject in subjects())


def test_the_readers_name_no_fault_that_has_no_sentence() -> None:
    assert faults_in(tables, "TableFault") | {"rows"} == uploaded_table.FAULTS
    assert faults_in(rendering, "ScanFault") == scans.FAULTS


@pytest.mark.parametrize("one", SPOKEN, ids=lambda one: f"{one.where} {one.code}")
def test_a_code_comes_with_all_that_its_sentence_mentions(one: Spoken) -> None:
    if one.params is not None:
        assert placeholders(SENTENCES[one.code].tr) <= one.params


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_is_whole_in_both_languages(code: str) -> None:
    for text in (SENTENCES[code].tr, SENTENCES[code].en):
        assert text.endswith(".")
        assert text[0] == text[0].strip()
        assert "  " not in text


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_both_languages_mention_the_same(code: str) -> None:
    assert placeholders(SENTENCES[code].tr) == placeholders(SENTENCES[code].en)


def test_a_refusal_is_told_with_its_values() -> None:
    handlers.registry()
    told = sentence(None, "signature.certificate_ended", {"ends_on": date(2026, 3, 1)})
    assert told == "İmzalayan sertifikanın süresi 01.03.2026 tarihinde doldu."
    said = sentence(None, "rule_failed", {"rule": "form.other_open", "reference": "B1"}, "en")
    assert said == "The person has another open application (B1); it has to end first."


def test_an_invalid_value_is_told_as_it_was_typed() -> None:
    invalid = Invalid("date.far", text="1800-01-01")
    assert sentence_of(invalid) == "1800-01-01 olabilecek bir tarih değil; tarihi denetleyiniz."
    assert sentence_of(invalid, "en") == "1800-01-01 cannot be the date; check it."


def test_a_value_that_has_both_languages_stands_in_that_of_the_sentence() -> None:
    documents = [Text("Tutanak", "Written report"), Text("Ölüm belgesi", "Death certificate")]
    invalid = Invalid("proof.of_standing", documents=documents)
    assert sentence_of(invalid).endswith("biriyle kaydedilir: Tutanak, Ölüm belgesi.")
    assert sentence_of(invalid, "en").endswith("documents: Written report, Death certificate.")
    ended = Invalid("parcel.ended", state=documents[0])
    assert "(Tutanak)" in sentence_of(ended)
    assert "(Written report)" in sentence_of(ended, "en")


def test_a_day_and_a_list_are_told_as_people_write_them() -> None:
    closed = Invalid("institution.closed", closed_on=date(2026, 3, 1))
    assert sentence_of(closed, "en") == (
        "This institution was closed on 01.03.2026; enter the person's new institution."
    )
    assert fill("upload.columns", {"missing": ["Ad", "Soyad"]}) == (
        "Listede şu sütunlar yok: Ad, Soyad. Örnek listeyi kullanınız."
    )
