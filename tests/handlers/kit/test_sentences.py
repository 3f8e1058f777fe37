"""Tests that whoever is refused by a check is told why in a sentence of his language."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

import handlers
from handlers.kit.sentences import SENTENCES
from handlers.signatures.code import _CLOSED
from signing.verdict import SubIndication
from states.kit.text import identifier
from workflow.present.sentences import sentence

ROOM = Path(handlers.__file__).parent


def codes_in(path: Path) -> set[str]:
    """Return the codes that the file's denials and errors carry as plain text."""
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    return {
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in {"deny", "error"}
        and isinstance(call.args[0], ast.Constant)
    }


ANSWERED = (
    set().union(*(codes_in(path) for path in ROOM.rglob("*.py")))
    | set(_CLOSED.values())
    | {f"signature.{identifier(sub.value)}" for sub in SubIndication}
)


def test_each_code_of_a_check_has_a_sentence_and_each_sentence_a_code() -> None:
    assert len(ANSWERED) > 40
    assert SENTENCES.keys() == ANSWERED


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_is_whole_in_both_languages(code: str) -> None:
    for text in (SENTENCES[code].tr, SENTENCES[code].en):
        assert text.endswith(".")
        assert text[0] == text[0].strip()
        assert "  " not in text


def test_a_refusal_is_told_with_its_values() -> None:
    handlers.registry()
    told = sentence(None, "signature.certificate_ended", {"ends_on": date(2026, 3, 1)})
    assert told == "İmzalayan sertifikanın süresi 01.03.2026 tarihinde doldu."
    said = sentence(None, "rule_failed", {"rule": "form.other_open", "reference": "B1"}, "en")
    assert said == "The person has another open application (B1); it has to end first."
