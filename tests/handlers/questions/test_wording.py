"""What may stand in a question and in its answer."""

from __future__ import annotations

import pytest

from handlers.kit.sentences import sentence_of
from handlers.questions.wording import LONGEST, QuestionAnswer, clean_words
from states.kit.invalid import Invalid
from tests.kit.handlers.world import AYSE


def why(typed: str) -> Invalid:
    with pytest.raises(Invalid) as caught:
        clean_words(typed)
    return caught.value


def test_lines_stay_and_what_nobody_can_keep_is_gone() -> None:
    assert clean_words("  Kart ne zaman?\r\nTeşekkürler\x00 \n") == "Kart ne zaman?\nTeşekkürler"
    assert clean_words("a\rb") == "a\nb"


def test_an_end_of_line_counts_as_one_character() -> None:
    whole = "a" * (LONGEST - 2) + "\r\nb"
    assert len(clean_words(whole)) == LONGEST
    found = why(whole + "c")
    assert (found.code, found.params) == ("question.long", {"longest": LONGEST})
    assert "2000" in sentence_of(found, "en")


@pytest.mark.parametrize("typed", ["", " \r\n\t ", "\x00"])
def test_nothing_is_no_question(typed: str) -> None:
    assert why(typed).code == "question.empty"


@pytest.mark.parametrize(
    "number",
    [AYSE, f"{AYSE[:3]} {AYSE[3:6]} {AYSE[6:9]} {AYSE[9:]}", f"{AYSE[:5]}-{AYSE[5:]}"],
)
def test_an_identity_number_is_refused_and_not_repeated(number: str) -> None:
    found = why(f"Numaram {number}, kart ne zaman?")
    assert found.code == "question.identity_number"
    assert AYSE not in sentence_of(found) + str(found)


def test_other_numbers_are_no_identity_numbers() -> None:
    assert clean_words("B000000123 ve 0 224 111 22 33") == "B000000123 ve 0 224 111 22 33"
    assert clean_words("12345678901") == "12345678901"


def test_an_answer_is_read_back_as_it_is_kept() -> None:
    assert QuestionAnswer.of({"answer": " Yarın. "}) == QuestionAnswer("Yarın.")
    with pytest.raises(Invalid, match=r"question\.empty"):
        QuestionAnswer.of({})
