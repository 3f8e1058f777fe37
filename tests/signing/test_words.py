"""Who speaks: signing raises codes with parameters, and only its edge knows sentences."""

from __future__ import annotations

import ast
import inspect
import re
import string
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import signing.app.errors
import signing.errors
import signing.station.errors
from signing.app.words import en
from signing.app.words.refusals import FIELDS, REASONS, REFUSALS, ToldRefusal, tell
from signing.app.words.validation import UNSUPPORTED, unsupported
from signing.errors import (
    CardInUse,
    IssuerRefused,
    OnlineUnavailable,
    RequestInvalid,
    SigningError,
    TokenAbsent,
)
from signing.verdict import Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = Path(signing.errors.__file__).parent
TURKISH = re.compile("[çğıöşüÇĞİÖŞÜ]")

CONTENTS = {
    "authority/demo.py",  # the names of the demonstration's authorities, in their certificates
    "authority/seal.py",  # the same of its seal
    "x509/builder.py",  # the national statement of a test certificate
    "tokens/card.py",  # the label of a certificate on a card
}
"""Files whose Turkish stands in what they make, and is shown to nobody by them."""


def below_the_words() -> Iterator[tuple[str, str]]:
    """Yield each text of signing outside its edge, with the file it stands in."""
    for path in sorted(ROOM.rglob("*.py")):
        name = path.relative_to(ROOM).as_posix()
        if name.startswith(("app/", "station/")):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield name, node.value


def test_signing_knows_neither_sentences_nor_names_of_settings() -> None:
    texts = list(below_the_words())
    assert len(texts) > 1000
    assert {name for name, text in texts if TURKISH.search(text)} == CONTENTS
    assert [pair for pair in texts if "NES_" in pair[1]] == []


def refusals() -> list[type[SigningError]]:
    return [
        kind
        for room in (signing.errors, signing.app.errors, signing.station.errors)
        for kind in vars(room).values()
        if isinstance(kind, type) and issubclass(kind, SigningError)
    ]


def test_every_refusal_has_words_and_no_words_are_left_over() -> None:
    assert {kind.wording or kind.code for kind in refusals()} == REFUSALS.keys()


def test_what_a_refusal_is_filled_with_is_named_in_its_docstring() -> None:
    for kind in refusals():
        said = " ".join(REFUSALS[kind.wording or kind.code])
        named = {name for _, name, _, _ in string.Formatter().parse(said) if name}
        told = set(re.findall(r"\w+", (inspect.getdoc(kind) or "").partition("params:")[2]))
        assert named <= told | {"where", "reason"}, kind


def test_english_reasons_are_those_that_there_are() -> None:
    assert en.FAULTS.keys() <= REASONS.keys()


def test_an_error_is_its_code_with_its_parameters() -> None:
    assert str(TokenAbsent(label="KART")) == "token_absent: label=KART"
    assert str(signing.errors.ReaderAbsent()) == "reader_absent"


@pytest.mark.parametrize(
    ("error", "title", "text"),
    [
        (
            CardInUse(label="KART"),
            "Boş kart kullanın",
            "Kartta başka bir üretime ait anahtar veya sertifika var: KART",
        ),
        (
            OnlineUnavailable(where="http://x", reason="http_status", status=503),
            "Biraz sonra yeniden deneyin",
            "Zaman damgası veya iptal durumu hizmetine ulaşılamadı: http://x (durum 503)",
        ),
        (
            OnlineUnavailable(where="http://x", reason="SSLError"),
            "Biraz sonra yeniden deneyin",
            "Zaman damgası veya iptal durumu hizmetine ulaşılamadı: http://x (SSLError)",
        ),
        (
            RequestInvalid(field="serial_number", reason="serial_range", bits=159),
            "Sertifika bilgilerini düzeltin",
            "seri numarası: Sıfırdan büyük ve en çok 159 bit olmalıdır.",
        ),
        (
            IssuerRefused(reason="badPOP, {kota}"),
            "Başvuru bilgilerini denetleyin",
            "Sertifika makamı isteği reddetti: badPOP, {kota}",
        ),
        (
            signing.app.errors.AnswerMalformed(field="serial_number"),
            "İmza atılmadı",
            "Sunucunun yanıtı anlaşılamadı: serial_number",
        ),
        (signing.app.errors.CardAbsent(), "Kartınızı takın", "Okuyucuda kart bulunamadı."),
        (SigningError(), "İşlem tamamlanamadı", "İmza işlemi tamamlanamadı."),
    ],
)
def test_a_refusal_is_told_by_its_code(error: SigningError, title: str, text: str) -> None:
    assert tell(error) == ToldRefusal(title, text)
    assert str(tell(error)) == f"{title}. {text}"


def test_an_error_of_another_room_without_words_is_told_in_general() -> None:
    class StrangeError(SigningError):
        code = "strange"

    assert tell(StrangeError()) == tell(SigningError())


def test_what_is_not_supported_is_named() -> None:
    assert unsupported(Unsupported("certificate_kind", "extended_certificate")) == (
        "İmza dosyasında PKCS#6 sertifikası var; desteklenmiyor."
    )
    assert "türünde" in unsupported(Unsupported("key_kind", "DSA"))
    assert UNSUPPORTED.keys() == {"key_kind", "certificate_kind", "ber"}
    assert FIELDS["tckn"] == "TCKN"
