"""What lies in the evidence file: each piece under a fixed name, with the sums over all."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asn1crypto import pem

from handlers.desk.evidence.gather import ending, named_documents
from handlers.desk.evidence.instruction import (
    ProofStep,
    case_steps,
    closing,
    opening,
    signature_step,
)
from handlers.desk.evidence.page import page, read_me
from handlers.papers.scans import SUFFIXES
from signing.cms.contents import carried_by, split
from signing.x509.certificate import X509Certificate
from workflow.model.entry import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from handlers.desk.evidence.gather import (
        AcceptedSignature,
        Form,
        GatheredCase,
        GatheredEvidence,
    )
    from signing.validation.trust import Trust
    from states.logs.journal import JournalEntry

ANCHORS = "guven/kok.pem"
BETWEEN = "guven/ara.pem"
HOLDERS = "guven/diger.pem"
ZEROS = "jurnal/sifir.bin"
SUMS = "SHA256SUMS"
READ_ME = "BENIOKU.txt"
PAGE = "kanit.html"


@dataclass(slots=True)
class Contents:
    """The files by name, and the steps that check them."""

    files: dict[str, bytes] = field(default_factory=dict)
    steps: list[ProofStep] = field(default_factory=list)
    by_sum: dict[str, str] = field(default_factory=dict)
    issuers: dict[str, X509Certificate] = field(default_factory=dict)

    def add(self, name: str, data: bytes) -> None:
        """Put a file in, and remember it by its SHA-256 where a journal entry may name it."""
        self.files[name] = data
        self.by_sum.setdefault(_sha256(data), name)


def contents(
    found: GatheredEvidence, trust: Trust, now: datetime, purpose: str
) -> dict[str, bytes]:
    """Return every file of the evidence by its name; the last ones say how to check the others."""
    held = Contents()
    held.steps.append(opening())
    _trust(held, found, trust)
    for number, signed in enumerate(found.signatures, start=1):
        _signature(held, number, signed)
    held.files[ZEROS] = bytes(32)
    for case in found.cases:
        _journal(held, case)
    _definitions(held, found)
    held.steps.append(closing())
    held.files[PAGE] = page(found, held.steps, now, purpose).encode()
    held.files[READ_ME] = read_me(found, held.steps, now).encode()
    held.files[SUMS] = _sums((_sha256(data), name) for name, data in held.files.items())
    return held.files


def _trust(held: Contents, found: GatheredEvidence, trust: Trust) -> None:
    """Put in the anchors, and between them and the signers whatever helps to build a chain."""
    if not found.signatures:
        return
    carried = (
        certificate
        for signed in found.signatures
        for container in signed.containers
        for certificate in carried_by(container).certificates
    )
    anchors = tuple(dict.fromkeys((*trust.anchors, *trust.tsa_anchors)))
    others = [der for der in dict.fromkeys((*trust.intermediates, *carried)) if der not in anchors]
    authorities = [der for der in others if X509Certificate(der).parsed.ca]
    held.add(ANCHORS, _armored("CERTIFICATE", anchors))
    held.add(BETWEEN, _armored("CERTIFICATE", authorities))
    held.add(HOLDERS, _armored("CERTIFICATE", [der for der in others if der not in authorities]))
    for number, der in enumerate((*anchors, *authorities), start=1):
        name = f"guven/makam-{number}.pem"
        held.add(name, _armored("CERTIFICATE", [der]))
        held.issuers[name] = X509Certificate(der)


def _signature(held: Contents, number: int, signed: AcceptedSignature) -> None:
    folder = f"imza/{number}"
    held.add(f"{folder}/{signed.file}", signed.document.content)
    held.files[f"{folder}/rapor.json"] = _readable(signed.signature.report)
    if signed.is_split:
        _pdf(held, folder, number, signed)
    for n, form in enumerate(signed.forms):
        _form(held, f"{folder}/kap{f'-{n}' if n else ''}", form)
        if form.report is not None:
            held.files[f"{folder}/rapor-{n}.json"] = _readable(form.report)
    held.steps.append(signature_step(number, signed, held.issuers))


def _form(held: Contents, stem: str, form: Form) -> None:
    """Put in one form of a container, and what it carries as files of their own."""
    pieces = carried_by(form.container)
    held.add(f"{stem}.p7s", form.container)
    for n, stamp in enumerate(pieces.stamps, start=1):
        held.files[f"{stem}.damga-{n}.tst"] = stamp.token
    for n, answer in enumerate(pieces.answers, start=1):
        held.files[f"{stem}.ocsp-{n}.der"] = answer.der
    lists = tuple(dict.fromkeys((*form.lists, *pieces.crls)))
    if lists:
        held.files[f"{stem}.sil.pem"] = _armored("X509 CRL", lists)


def _pdf(held: Contents, folder: str, number: int, signed: AcceptedSignature) -> None:
    """Put in a PDF with its signature, and both PDFs in pieces that sh can put together again."""
    frozen = split(signed.document.content, signed.content)
    pieces = {"once": frozen.before, "bosluk": frozen.inside, "sonra": frozen.behind}
    made = {f"_belge-{number}.pdf": signed.document.content}
    complete = signed.signed_pdf
    if complete is not None:
        held.files[f"{folder}/imzali.pdf"] = complete
        pieces["dolu"] = split(complete, signed.content).inside
        made[f"_imzali-{number}.pdf"] = complete
    for name, data in pieces.items():
        held.files[f"{folder}/pdf-{name}.bin"] = data
    held.files[f"{folder}/PDF"] = _sums((_sha256(data), name) for name, data in made.items())


def _journal(held: Contents, case: GatheredCase) -> None:
    """Put in each entry letter by letter as it was hashed, and the sums that the chain gives."""
    folder = f"jurnal/{case.reference}"
    for entry in case.entries:
        held.files[f"{folder}/{entry.n:04}.json"] = entry.body.encode()
    held.files[f"{folder}/jurnal.jsonl"] = "".join(map(_line, case.entries)).encode()
    # The names are those of the files that the instruction makes while it follows the chain.
    held.files[f"{folder}/OZETLER"] = _sums(
        (entry.hash.hex(), f"_{case.reference}-{entry.n:04}.bin") for entry in case.entries
    )
    for document in case.documents:
        if document.sha256 not in held.by_sum:
            held.add(f"belge/{document.sha256}{ending(document)}", document.content)
    for scan in case.scans:
        held.add(f"tarama/{scan.sha256}.{SUFFIXES[scan.media_type]}", scan.content)
    named = named_documents(case.entries)
    known = [(sha256, held.by_sum[sha256]) for sha256 in named if sha256 in held.by_sum]
    if known:
        held.files[f"{folder}/BELGELER"] = _sums(known)
    held.steps.append(case_steps(case, has_documents=bool(known)))


def _line(entry: JournalEntry) -> str:
    """Return the line that ``nes journal export`` writes for an entry."""
    said = {"body": entry.body, "hash": entry.hash.hex(), "prev": entry.prev.hex()}
    return canonical(said) + "\n"


def _definitions(held: Contents, found: GatheredEvidence) -> None:
    """Put in the published definitions that the cases are pinned to, each named by its hash."""
    texts = {case.definition.sha256: case.definition.canonical for case in found.cases}
    for sha256, published in texts.items():
        held.files[f"tanim/{sha256}.json"] = published.encode()
    held.files["tanim/OZETLER"] = _sums((sha256, f"tanim/{sha256}.json") for sha256 in texts)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _sums(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Return a list that ``sha256sum -c`` reads, each file once, in the order of the names."""
    unique = sorted(set(pairs), key=lambda pair: pair[1])
    return "".join(f"{sha256}  {name}\n" for sha256, name in unique).encode()


def _armored(label: str, ders: Iterable[bytes]) -> bytes:
    return b"".join(pem.armor(label, der) for der in ders)


def _readable(report: object) -> bytes:
    return (json.dumps(report, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
