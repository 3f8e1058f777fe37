"""Setting documents on paper: typst templates become tagged PDF/A, the same bytes each time.

Values travel as JSON beside the template and never inside it, so that no name can be read as
markup; a template that needs what is not given stops with typst.TypstError.
"""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

import pikepdf
import segno
import typst
from pikepdf import StreamDecodeLevel

from workflow.model.clock import ISTANBUL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.papers.letters import Template

FOLDER = Path(str(resources.files(__package__)))
STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
"""PDF/A-2a (ISO 19005-2: kept for decades) and PDF/UA-1 (ISO 14289-1: read aloud)."""

OFFICE = "nes-ofis"
VERIFICATION_PATH = "/dogrula"
"""The public page that answers for a verification code (web/verify)."""

# Control and format characters could make the paper show another text than is signed.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_PROBE = b"""
#set document(title: "x")
#set text(font: "Libertinus Serif")
#json(bytes(sys.inputs.at("data"))).text
"""
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_COMPILING = Lock()


@cache
def compiler() -> typst.Compiler:
    """Open the compiler once: only the fonts it brings along, so that every machine sets alike."""
    return typst.Compiler(root=FOLDER, ignore_system_fonts=True)


def typeset(
    template: Template,
    verification_code: str,
    drawn_at: datetime,
    values: Mapping[str, object],
    site: str,
) -> bytes:
    """Return the PDF of a template; the same arguments always give the same bytes.

    ``values`` are JSON values; ``site`` is the address of the product, to which the QR code leads.
    Raises typst.TypstError when a value is missing or holds a character that no font has.
    """
    frame = {
        "office": OFFICE,
        "document_code": template.code,
        "revision": template.revision,
        "verification_code": verification_code,
        "verification_page": site + VERIFICATION_PATH,
        "qr": qr_code(verification_address(site, verification_code)),
        "drawn_at": f"{drawn_at.astimezone(ISTANBUL):%d.%m.%Y %H:%M:%S}",
    }
    pdf = _compile(source(template.sheet), {**values, **frame}, drawn_at)
    return packed(pdf) if template.specimen is None else laid_open(pdf)


def set_sheet(template: bytes, values: Mapping[str, object], drawn_at: datetime) -> bytes:
    """Return the PDF of a sheet that is no document of the house: no code, no revision, no seal.

    Raises typst.TypstError as ``typeset`` does.
    """
    return packed(_compile(template, values, drawn_at))


@cache
def source(sheet: str) -> bytes:
    """Return the template of a file name; released ones never change."""
    return (FOLDER / sheet).read_bytes()


def verification_address(site: str, verification_code: str) -> str:
    """Return where anyone may ask for the document."""
    return f"{site}{VERIFICATION_PATH}?{urlencode({'kod': verification_code})}"


def qr_code(text: str) -> str:
    """Return a QR code as SVG."""
    return segno.make_qr(text, error="m").svg_inline(border=2)


def _compile(template: bytes, data: Mapping[str, object], at: datetime) -> bytes:
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    with _COMPILING:  # the compiler serves one thread at a time
        made = compiler().compile(
            template,
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=STANDARDS,
            timestamp=at.replace(microsecond=0),
        )
    return cast("bytes", made)  # one PDF, since no output file was named


def packed(pdf: bytes) -> bytes:
    """Return the same PDF in fewer bytes: its small objects go into compressed object streams.

    The tags of an accessible document are a hundred small objects, a third of the file. Object
    streams belong to PDF/A-2 (ISO 19005-2, 6.1.4; ISO 32000-1, 7.5.7); the metadata stay readable.
    """
    return _saved(pdf)


def laid_open(pdf: bytes) -> bytes:
    """Return the same PDF with nothing in it compressed, for one that is kept packed as a whole.

    Only so do papers of one template have long parts in common (`states.papers.packing`).
    """
    return _saved(pdf, StreamDecodeLevel.generalized, compressed=False)


def _saved(
    pdf: bytes, decoded: StreamDecodeLevel | None = None, *, compressed: bool = True
) -> bytes:
    kept = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        document.save(
            kept,
            compress_streams=compressed,
            stream_decode_level=decoded,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            fix_metadata_version=False,
            deterministic_id=True,
        )
    return kept.getvalue()


def shown(text: str) -> str:
    """Return a text with a question mark for every sign that no document can show.

    For what the office itself writes; a text that somebody signs is refused instead.
    """
    if settable(text):
        return text
    return "".join(sign if settable(sign) else "?" for sign in text)


def settable(text: str) -> bool:
    """Say whether a text can stand in a document: visible characters that the fonts have."""
    if any(unicodedata.category(character) in _HIDDEN for character in text):
        return False
    # A sign is drawn alike wherever it stands, unless a mark combines with the one before it.
    alone = not any(unicodedata.combining(character) for character in text)
    return all(map(_drawn, set(text))) if alone else _drawn(text)


@lru_cache(maxsize=4096)
def _drawn(text: str) -> bool:
    try:
        _compile(_PROBE, {"text": text}, _ANY_TIME)
    except typst.TypstError:
        return False
    return True
