"""Small PDFs to sign, and pyHanko's own judgement of signed ones."""

from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import typst
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.kit.signing.house import NOW

if TYPE_CHECKING:
    from datetime import datetime

    from pyhanko.sign.validation.status import PdfSignatureStatus

    from signing.authority.demo import Authority
    from signing.validation.trust import Revocation

SOURCE = '#set document(title: "Deneme")\n#set text(lang: "tr")\n= Başvuru ĞÜŞİÖÇ ğüşıöç\n'


def pdf(more: str = "") -> bytes:
    """Give a small archival PDF."""
    source = (SOURCE + more).encode()
    made = typst.compile(source, format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=NOW)
    assert isinstance(made, bytes)
    return made


def with_another_field(document: bytes) -> bytes:
    """Give the PDF with an empty signature field that we did not make."""
    writer = IncrementalPdfFileWriter(BytesIO(document))
    append_signature_field(writer, SigFieldSpec("baska"))
    return written(writer)


def written(writer: IncrementalPdfFileWriter) -> bytes:
    """Give what a writer writes."""
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def coverage(status: PdfSignatureStatus) -> str:
    """Name how much of the file a judged signature covers."""
    assert status.coverage is not None
    return status.coverage.name


def pyhanko_says(
    signed: bytes, authority: Authority, lists: Revocation, at: datetime = NOW
) -> PdfSignatureStatus:
    """Let pyHanko judge the one signature of a PDF, with the root as the only anchor."""
    (signature,) = PdfFileReader(BytesIO(signed)).embedded_signatures
    context = ValidationContext(
        trust_roots=[authority.root.parsed],
        other_certs=[authority.issuing.parsed],
        crls=list(lists.crls),
        moment=at,
        best_signature_time=at,
        revocation_mode="hard-fail",
        allow_fetching=False,
    )
    return validate_pdf_signature(signature, context)


def pyhanko_command(
    folder: Path, signed: bytes, anchors: bytes, *options: str
) -> subprocess.CompletedProcess[str]:
    """Let pyHanko's own command judge a PDF in a folder of its own, with these anchors only."""
    (folder / "signed.pdf").write_bytes(signed)
    (folder / "anchors.pem").write_bytes(anchors)
    command = [
        str(Path(sys.executable).with_name("pyhanko")), "sign", "validate", "--pretty-print",
        "--trust", "anchors.pem", "--trust-replace", *options, "signed.pdf",
    ]  # fmt: skip
    return subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONWARNINGS": "error"}, capture_output=True,
        text=True, check=False, timeout=60,
    )  # fmt: skip


def unread(folder: Path, signed: bytes) -> list[str]:
    """Let poppler and mupdf read a signed PDF; give what they say where they find it not valid.

    Neither is given an anchor: what they judge is the signature over the file.
    """
    file = folder / "okunan.pdf"
    file.write_bytes(signed)
    poppler = _said("pdfsig", "-nocert", str(file))
    mupdf = _said("mutool", "sign", "-v", str(file))
    found = [] if poppler.count("Signature Validation: Signature is Valid.") == 1 else [poppler]
    good = mupdf.count("unchanged since signing") + mupdf.count("The signature is valid but")
    return found if good == 1 else [*found, mupdf]


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout + done.stderr
