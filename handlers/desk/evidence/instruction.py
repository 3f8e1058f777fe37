"""The instruction: the very command lines by which a stranger checks the evidence file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signing.cms.contents import carried_by, issued_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.desk.evidence.gather import AcceptedSignature, Form, GatheredCase
    from signing.cms.contents import CarriedOcspResponse, CarriedPieces, CarriedTimeStamp
    from signing.x509.certificate import X509Certificate

# Without these two openssl would also trust what the machine trusts.
_ONLY_OURS = "-CAfile guven/kok.pem -no-CApath -no-CAstore"


PASSED = "TOTAL-PASSED"
_SIGNED = (
    "“cms -verify”, imzanın tam olarak bu belge üzerine ve güvenilen köke bağlanan bir "
    "sertifikayla atıldığını gösterir (Verification successful) ve imzacının sertifikasını dosyaya "
    "yazar. "
)
_STATUS = (
    "“verify” ve “ocsp”, sertifikaların o anda iptal edilmemiş olduğunu; “asn1parse” ile kaptan "
    "çıkarılan zaman damgası üzerinde “ts -verify”, imzanın en geç ne zaman atıldığını gösterir."
)
_HELD = (
    "Bu imza, o anda askıda olan yeni kartla, sertifikayı kullanıma açmak için atılmıştır; bu "
    "yüzden iptal listesine göre denetlenmez."
)
_PDF = (
    "PDF, imzanın kapsadığı parçalardan ve imzanın konduğu boşluktan yeniden birleştirilir; "
    "özetler, dondurulan ve imzalanan PDF ile aynı olmalıdır. "
)


@dataclass(frozen=True, slots=True)
class ProofStep:
    """One step: a heading, what it shows (Turkish), and its commands, each one line of sh."""

    title: str
    text: str
    commands: tuple[str, ...] = ()


def opening() -> ProofStep:
    """Return the step that compares every file with the list of sums."""
    return ProofStep(
        "Dosyalar bütün mü",
        "Her dosyanın SHA-256 özeti listedekiyle aynı olmalıdır; her satırda OK (TAMAM) yazar.",
        ("sha256sum -c SHA256SUMS",),
    )


def signature_step(
    number: int, signed: AcceptedSignature, issuers: Mapping[str, X509Certificate]
) -> ProofStep:
    """Return the step that checks one signature in each of its forms."""
    commands = _pdf_commands(number, signed) if signed.is_split else []
    text = _PDF if signed.is_split else ""
    passed = signed.signature.indication == PASSED
    for n, form in enumerate(signed.forms):
        check = _Check(number, n, form, signed, issuers)
        commands.append(check.signature())
        if passed:
            commands += check.status()
        commands += check.stamps()
    return ProofStep(
        f"İmza {number}", text + _SIGNED + (_STATUS if passed else _HELD), tuple(commands)
    )


def _pdf_commands(number: int, signed: AcceptedSignature) -> list[str]:
    """Return how both PDFs, and what their signature covers, are put together from pieces."""
    folder = f"imza/{number}/pdf"
    commands = [
        _joined([f"{folder}-once.bin", f"{folder}-sonra.bin"], f"_kapsanan-{number}.bin"),
        _joined(
            [f"{folder}-once.bin", f"{folder}-bosluk.bin", f"{folder}-sonra.bin"],
            f"_belge-{number}.pdf",
        ),
    ]
    if signed.signed_pdf is not None:
        pieces = [f"{folder}-once.bin", f"{folder}-dolu.bin", f"{folder}-sonra.bin"]
        commands.append(_joined(pieces, f"_imzali-{number}.pdf"))
    return [*commands, f"sha256sum -c imza/{number}/PDF"]


def _joined(files: list[str], target: str) -> str:
    return "( " + "; ".join(f"openssl enc -none -in {file}" for file in files) + f" ) > {target}"


@dataclass(frozen=True, slots=True)
class _Check:
    """The commands for one form of a container."""

    number: int
    n: int
    form: Form
    signed: AcceptedSignature
    issuers: Mapping[str, X509Certificate]

    @property
    def stem(self) -> str:
        """How the names of its files begin."""
        return f"imza/{self.number}/kap{f'-{self.n}' if self.n else ''}"

    @property
    def mark(self) -> str:
        """What tells the files that its commands make from those of others."""
        return f"{self.number}{f'-{self.n}' if self.n else ''}"

    @property
    def at(self) -> int:
        """The moment of the judgement, in seconds since 1970."""
        return int(self.signed.signature.judged_at.timestamp())

    @property
    def known_at(self) -> int:
        """The moment of the status: that of the newest list in a form that was lifted later."""
        lists = carried_by(self.form.container).crls if self.n else ()
        return max((int(issued_at(der).timestamp()) for der in lists), default=self.at)

    def signature(self) -> str:
        """Return the command over document and container; it writes the signer's certificate."""
        number = self.number
        content = f"_kapsanan-{number}.bin" if self.signed.is_split else self._document
        return (
            f"openssl cms -verify -inform DER -in {self.stem}.p7s -content {content} -binary"
            f" -certfile guven/ara.pem {_ONLY_OURS} -purpose any -attime {self.at}"
            f" -signer _imzaci-{self.mark}.pem -out /dev/null"
        )

    @property
    def _document(self) -> str:
        return f"imza/{self.number}/{self.signed.file}"

    def status(self) -> list[str]:
        """Return the commands over the revocation lists and the OCSP answers."""
        pieces = carried_by(self.form.container)
        commands = []
        if self.form.lists or pieces.crls:
            commands.append(
                f"openssl verify -attime {self.known_at} -crl_check_all -purpose any {_ONLY_OURS}"
                f" -untrusted guven/ara.pem -CRLfile {self.stem}.sil.pem _imzaci-{self.mark}.pem"
            )
        for n, answer in enumerate(pieces.answers, start=1):
            issuer = next((name for name, one in self.issuers.items() if answer.is_of(one)), None)
            if issuer is not None:
                commands.append(self._answered(n, answer, issuer))
        return commands

    def _answered(self, n: int, answer: CarriedOcspResponse, issuer: str) -> str:
        # The program ends well for any status, so what it says is looked at too.
        return (
            f"r=$(openssl ocsp -{answer.digest} -no_nonce -respin {self.stem}.ocsp-{n}.der"
            f" -issuer {issuer} -serial 0x{answer.serial_number:X} {_ONLY_OURS}"
            f" -verify_other guven/ara.pem -attime {self.known_at} -validity_period 1000000000)"
            ' && case "$r" in *": good"*) ;; *) false ;; esac'
        )

    def stamps(self) -> list[str]:
        """Return how time-stamps are taken out of the container and checked over the signature."""
        pieces = carried_by(self.form.container)
        found = enumerate(pieces.stamps, start=1)
        return [line for n, stamp in found for line in self._stamped(n, stamp, pieces)]

    def _stamped(self, n: int, stamp: CarriedTimeStamp, pieces: CarriedPieces) -> list[str]:
        parse = f"openssl asn1parse -inform DER -in {self.stem}.p7s -noout"
        token, value = f"_damga-{self.mark}-{n}.tst", f"_imza-{self.mark}.bin"
        take = f"{parse} -offset {stamp.place.offset} -length {stamp.place.length} -out {token}"
        at = int(stamp.at.timestamp())
        if stamp.kind != "signature" or pieces.signature is None:
            # What an archive time-stamp is over cannot be put together by openssl (5.5.3).
            whole = f"openssl cms -verify -inform DER -in {token} -purpose any {_ONLY_OURS}"
            return [take, f"{whole} -certfile guven/ara.pem -attime {at} -out /dev/null"]
        verify = (
            f"openssl ts -verify -data {value} -in {token} -token_in -CAfile guven/kok.pem"
            f" -untrusted guven/ara.pem -attime {at}"
        )
        return [take, f"{parse} -strparse {pieces.signature.offset} -out {value}", verify]


def case_steps(case: GatheredCase, *, has_documents: bool) -> ProofStep:
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
    return ProofStep(f"Jurnal {case.reference}", text.strip(), tuple(commands))


def closing() -> ProofStep:
    """Return the step that shows which rules the cases followed."""
    return ProofStep(
        "Süreç tanımı",
        "Her kayıt, uyduğu tanımı SHA-256 özetiyle anar (definition); dosyanın adı bu özettir.",
        ("sha256sum -c tanim/OZETLER",),
    )
