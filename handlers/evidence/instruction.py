"""Owns the instruction: the very command lines by which a stranger checks the evidence file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handlers.evidence.gather import Case, Signed
    from signing.pieces import Pieces, Stamp

# Without these two openssl would also trust what the machine trusts.
_ONLY_OURS = "-CAfile guven/kok.pem -no-CApath -no-CAstore"


PASSED = "TOTAL-PASSED"
_HELD = (
    "Bu imza, o anda askıda olan yeni kartla, sertifikayı kullanıma açmak için atılmıştır; "
    "bu yüzden iptal listesine göre denetlenmez. "
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a heading, what it shows (Turkish), and its commands, each one line of sh."""

    title: str
    text: str
    commands: tuple[str, ...] = ()


def opening() -> Step:
    """Return the step that compares every file with the list of sums."""
    return Step(
        "Dosyalar bütün mü",
        "Her dosyanın SHA-256 özeti listedekiyle aynı olmalıdır; her satırda OK (TAMAM) yazar.",
        ("sha256sum -c SHA256SUMS",),
    )


def signature_steps(number: int, signed: Signed, pieces: Pieces, *, has_lists: bool) -> Step:
    """Return the step that checks one signature: mathematics, chain, status, time-stamps."""
    folder, at = f"imza/{number}", int(signed.signature.judged_at.timestamp())
    signer = f"_imzaci-{number}.pem"
    verify = (
        f"openssl cms -verify -inform DER -in {folder}/kap.p7s"
        f" -content {folder}/{signed.file} -binary -certfile guven/ara.pem {_ONLY_OURS}"
        f" -purpose any -attime {at} -signer {signer} -out /dev/null"
    )
    status = (
        f"openssl verify -attime {at} -crl_check_all -purpose any {_ONLY_OURS}"
        f" -untrusted guven/ara.pem -CRLfile {folder}/sil.pem {signer}"
    )
    text = (
        "Birinci komut, imzanın tam olarak bu belge üzerine ve güvenilen köke bağlanan bir "
        "sertifikayla atıldığını gösterir (Verification successful) ve imzacının sertifikasını "
        f"{signer} dosyasına yazar. "
    )
    commands = [verify]
    if signed.signature.indication != PASSED:
        text += _HELD
    elif has_lists:
        commands.append(status)
        text += "İkincisi, sertifikanın o anda iptal edilmemiş olduğunu gösterir. "
    for n, stamp in enumerate(pieces.stamps, start=1):
        commands += _stamp_commands(number, n, stamp, pieces)
    return Step(f"İmza {number}", text.strip(), tuple(commands))


def _stamp_commands(number: int, n: int, stamp: Stamp, pieces: Pieces) -> list[str]:
    """Return how a time-stamp is taken out of its container and checked over the signature."""
    parse = f"openssl asn1parse -inform DER -in imza/{number}/kap.p7s -noout"
    token, value = f"_damga-{number}-{n}.tst", f"_imza-{number}.bin"
    take = f"{parse} -offset {stamp.place.offset} -length {stamp.place.length} -out {token}"
    if stamp.kind != "signature" or pieces.signature is None:
        return [take]
    verify = (
        f"openssl ts -verify -data {value} -in {token} -token_in -CAfile guven/kok.pem"
        f" -untrusted guven/ara.pem -attime {int(stamp.at.timestamp())}"
    )
    return [take, f"{parse} -strparse {pieces.signature.offset} -out {value}", verify]


def case_steps(case: Case, *, has_documents: bool) -> Step:
    """Return the step that follows the chain of one case's journal and its documents."""
    folder = f"jurnal/{case.reference}"
    numbers = " ".join(f"{entry.n:04}" for entry in case.entries)
    made = f"_{case.reference}-$n"
    follow = (
        f"p=jurnal/sifir.bin; for n in {numbers}; do"
        f' ( openssl enc -none -in "$p"; openssl enc -none -in "{folder}/$n.json" ) > "{made}.bin";'
        f' p="{made}.ozet"; openssl dgst -sha256 -binary -out "$p" "{made}.bin"; done'
    )
    commands = [follow, f"sha256sum -c {folder}/OZETLER"]
    text = (
        "Her kayıt, bir öncekinin özetinin ardına eklenip yeniden özetlenir: bir harf, bir kayıt "
        "ya da sıra değişmişse o kayıttan sonraki hiçbir özet tutmaz. "
    )
    if has_documents:
        commands.append(f"sha256sum -c {folder}/BELGELER")
        text += "Son komut, kayıtlarda adı geçen belgelerin buradaki belgeler olduğunu gösterir."
    return Step(f"Jurnal {case.reference}", text.strip(), tuple(commands))


def closing() -> Step:
    """Return the step that shows which rules the cases followed."""
    return Step(
        "Süreç tanımı",
        "Her kayıt, uyduğu tanımı SHA-256 özetiyle anar (definition); dosyanın adı bu özettir.",
        ("sha256sum -c tanim/OZETLER",),
    )
