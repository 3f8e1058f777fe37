"""Turkish letters: case, folding and order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.kit.text import fold, identifier, lower, normal, sort_key, upper

TURKISH = st.text(alphabet="abcçdefgğhıijklmnoöprsştuüvyzABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZ ")
ORDER = "abcçdefgğhıijklmnoöpqrsştuüvwxyz"


@pytest.mark.parametrize(
    ("small", "capital"),
    [("ışık", "IŞIK"), ("ipek", "İPEK"), ("diyarbakır", "DİYARBAKIR"), ("çağrı öz", "ÇAĞRI ÖZ")],
)
def test_dotted_and_dotless_i_keep_apart(small: str, capital: str) -> None:
    assert upper(small) == capital
    assert lower(capital) == small


@given(TURKISH)
def test_small_letters_come_back_from_their_capitals(text: str) -> None:
    assert lower(upper(lower(text))) == lower(text)


@given(TURKISH)
def test_the_case_of_a_name_does_not_change_its_fold_or_its_place(text: str) -> None:
    assert fold(upper(text)) == fold(lower(text)) == fold(text)
    assert sort_key(upper(text)) == sort_key(lower(text))


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.lists(st.sampled_from(ORDER), max_size=8), st.lists(st.sampled_from(ORDER), max_size=8))
def test_the_bytes_of_two_keys_compare_as_the_dictionary_does(
    first: list[str], second: list[str]
) -> None:
    ranks = [ORDER.index(letter) for letter in first], [ORDER.index(letter) for letter in second]
    keys = sort_key("".join(first)).encode(), sort_key("".join(second)).encode()
    assert (keys[0] < keys[1]) == (ranks[0] < ranks[1])


def test_names_stand_in_the_order_of_a_turkish_directory() -> None:
    names = ["Zeki", "İnci", "Irmak", "Çınar", "Cem", "Şule", "Sami", "Öner", "Oya", "Ümit", "Ula"]
    assert sorted(names, key=sort_key) == [
        "Cem", "Çınar", "Irmak", "İnci", "Oya", "Öner", "Sami", "Şule", "Ula", "Ümit", "Zeki",
    ]  # fmt: skip


def test_a_blank_comes_before_every_letter_and_a_digit_too() -> None:
    assert sort_key("Ali Can") < sort_key("Alican")
    assert sort_key("Ali 2") < sort_key("Ali a")


def test_foreign_marks_sort_as_the_bare_letter_and_foreign_letters_last() -> None:
    assert sort_key("é") == sort_key("e")
    assert sort_key("ж") > sort_key("z")
    assert sort_key("[") > sort_key("z")


def test_circumflex_and_blanks_do_not_tell_names_apart() -> None:
    assert fold("  HÂLE   Kâmil ") == "hale kamil"
    assert fold("Hâle") != fold("Hale ı")


def test_a_dot_typed_as_a_sign_of_its_own_is_the_same_letter() -> None:
    assert lower("I\u0307NCI\u0307") == "inci"
    assert normal("o\u0308z") == "öz"


def test_an_identifier_knows_no_turkish() -> None:
    assert identifier("HASH_FAILURE_1") == "hash_failure_1"
    assert identifier("İI") == "İi"


@pytest.mark.parametrize(
    "pasted",
    [
        "Şahin\u00adoğlu", "\ufeffŞahinoğlu", "Şahin\u200boğlu", "Şahinoğlu\u200e",
        "\u202aŞahinoğlu\u202c", "Şahin\u2060oğlu", "\u00a0Şahinoğlu\u2007", "Şahin\u200doğlu",
    ],
)  # fmt: skip
def test_what_nobody_sees_in_a_pasted_name_counts_for_nothing(pasted: str) -> None:
    assert normal(pasted) == "Şahinoğlu"
    assert fold(pasted) == "şahinoğlu"
    assert sort_key(pasted) == sort_key("ŞAHİNOĞLU")


def test_a_hyphen_is_a_hyphen() -> None:
    assert normal("Ada\u2010Su Kara\u2011Ova") == "Ada-Su Kara-Ova"
