"""The declared infrastructure with fresh keys: certificates, lists, OCSP responses by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml
from asn1crypto import core, crl, ocsp, x509
from certomancer.registry import ArchLabel, CertLabel, ServiceLabel
from certomancer.registry.config import CertomancerConfig
from certomancer.registry.plugin_api import ExtensionPlugin, extension_plugin_registry
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pyhanko.sign.ades import qualified_asn1

from signing.validation.trust import Revocation, Trust
from signing.x509.oids import QC_COMPLIANCE
from signing.x509.policy import AllowedAlgorithms
from tests.kit.signing.house import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from certomancer.registry import PKIArchitecture

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
HERE = Path(__file__).parent


def _short() -> Key:
    return rsa.generate_private_key(65537, 2048)


ODD_KEYS: dict[str, Callable[[], Key]] = {
    "rsa": lambda: rsa.generate_private_key(65537, 3072),
    **dict.fromkeys(("short-rsa", "nes-short", "lists-short", "ocsp-short", "tsa-short"), _short),
    "weak-rsa": lambda: rsa.generate_private_key(65537, 1024),  # noqa: S505 - to be refused
    "weak-curve": lambda: ec.generate_private_key(ec.SECP224R1()),
    "odd-curve": lambda: ec.generate_private_key(ec.SECP256K1()),
}


@extension_plugin_registry.register
class Statements(ExtensionPlugin):
    """QCStatements by their identifiers, in the declared order; one of types as `type KIND…`."""

    schema_label = "statements"
    extension_type = x509.ExtensionId

    def provision(
        self,
        extn_id: object,  # noqa: ARG002 - certomancer's
        arch: object,  # noqa: ARG002 - the same
        params: list[str],
    ) -> qualified_asn1.QcStatements:
        """Give the statements; the national ones carry a sentence."""
        entries = []
        for oid in params:
            if oid.startswith("type "):
                kinds = [f"qct_{kind}" for kind in oid.split()[1:]]
                info = qualified_asn1.QcCertificateType(kinds)
                entries.append(
                    qualified_asn1.QcStatement({"statement_id": "qc_type", "statement_info": info})
                )
                continue
            entry: dict[str, object] = {"statement_id": oid}
            if oid != QC_COMPLIANCE:
                entry["statement_info"] = core.Any(core.UTF8String("TEST beyanı"))
            entries.append(qualified_asn1.QcStatement(entry))
        return qualified_asn1.QcStatements(entries)


def _ordinary_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def _hash(kind: str) -> hashes.HashAlgorithm:
    return hashes.SHA1() if kind == "sha1" else hashes.SHA256()  # noqa: S303 - to be refused


def _pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@dataclass(frozen=True)
class Pki:
    """What the declared infrastructure gives; names are those of pki.yaml."""

    arch: PKIArchitecture
    keys: dict[str, Key]
    made: dict[tuple[str, ...], bytes] = field(default_factory=dict)

    @classmethod
    def make(cls, directory: Path) -> Pki:
        """Make a fresh key for each declared certificate and read the declaration."""
        config = yaml.safe_load((HERE / "pki.yaml").read_text("utf-8"))
        certificates = config["pki-architectures"]["bad"]["certs"]
        keys: dict[str, Key] = {}
        for label, entry in certificates.items():
            entry["subject-key"] = label
            keys[label] = ODD_KEYS.get(label, _ordinary_key)()
            (directory / label).write_bytes(_pem(keys[label]))
        config["keysets"]["bad"]["keys"] = {label: {"path": label} for label in keys}
        read = CertomancerConfig(config, str(directory))
        return cls(read.get_pki_arch(ArchLabel("bad")), keys)

    def parsed(self, label: str) -> x509.Certificate:
        """Give a declared certificate, parsed."""
        return self.arch.get_cert(CertLabel(label))

    def certificate(self, label: str) -> bytes:
        """Give a declared certificate."""
        return bytes(self.parsed(label).dump())

    def crl(self, repository: str, at: datetime = NOW) -> bytes:
        """Give the list that was the newest at a time; one is issued each midnight."""
        key = (repository, f"{at:%F}")
        if key not in self.made:
            made = self.arch.service_registry.get_crl(ServiceLabel(repository), at_time=at)
            self.made[key] = bytes(made.dump())
        return self.made[key]

    def ocsp(self, responder: str, label: str, at: datetime = NOW) -> bytes:
        """Give a responder's answer about a declared certificate, for ten minutes from `at`."""
        key = (responder, label, f"{at}")
        if key not in self.made:
            self.made[key] = self._answer(responder, label, at)
        return self.made[key]

    def _answer(self, responder: str, label: str, at: datetime) -> bytes:
        issuer = self.parsed("nes")
        asked = ocsp.CertId(
            {
                "hash_algorithm": {"algorithm": "sha1"},
                "issuer_name_hash": issuer.subject.sha1,
                "issuer_key_hash": issuer.public_key.sha1,
                "serial_number": self.parsed(label).serial_number,
            }
        )
        request = ocsp.OCSPRequest({"tbs_request": {"request_list": [{"req_cert": asked}]}})
        service = self.arch.service_registry.summon_responder(ServiceLabel(responder), at)
        return bytes(service.build_ocsp_response(request).dump())

    def trust(
        self, *anchors: str, tsa: tuple[str, ...] = (), rsa_2048: date | None = None
    ) -> Trust:
        """Give trust in these anchors; the issuing authorities only help to build a chain.

        `rsa_2048` is the last day on which the site takes RSA keys of 2048 bits.
        """
        between = (
            "nes", "nes-revoked", "nes-old", "nes-weak", "nes-sub", "nes-short", "lists-short",
            "other-nes",
        )  # fmt: skip
        return Trust(
            tuple(self.certificate(label) for label in anchors),
            tuple(self.certificate(label) for label in between),
            tuple(self.certificate(label) for label in tsa),
            allowed=AllowedAlgorithms.with_rsa_2048(rsa_2048),
        )

    def revocation(self, entries: list[str], signer: str) -> Revocation:
        """Give what the entries name; hours count from NOW.

        `crl REPOSITORY [HOURS]`, `crl-edit WHAT`, `ocsp RESPONDER [HOURS [LABEL]]`,
        `ocsp-edit WHAT`.
        """
        crls, ocsps = [], []
        for entry in entries:
            kind, name, *more = entry.split()
            at = NOW + timedelta(hours=float(more[0]) if more else 0)
            if kind == "crl":
                crls.append(self.crl(name, at))
            elif kind == "ocsp":
                ocsps.append(self.ocsp(name, more[1] if more[1:] else signer, at))
            elif kind == "crl-edit":
                crls.append(self._spoilt_list(name))
            else:
                ocsps.append(self._spoilt(name, self.ocsp("good", signer)))
        return Revocation(tuple(crls), tuple(ocsps))

    def _spoilt_list(self, kind: str) -> bytes:
        parsed = crl.CertificateList.load(self.crl("nes"))
        body = parsed["tbs_cert_list"]
        name = {"sha1": "sha1_ecdsa", "short": "sha256_rsa"}.get(kind, "sha256_ecdsa")
        body["signature"] = parsed["signature_algorithm"] = {"algorithm": name}
        key = self.keys[{"sha1": "nes", "short": "lists-short"}.get(kind, "other-nes")]
        data = body.dump(force=True)
        parsed["signature"] = (
            key.sign(data, padding.PKCS1v15(), hashes.SHA256())
            if isinstance(key, rsa.RSAPrivateKey)
            else key.sign(data, ec.ECDSA(_hash(kind)))
        )
        return bytes(parsed.dump(force=True))

    def _spoilt(self, kind: str, good: bytes) -> bytes:
        if kind in {"junk", "trailing"}:
            return b"junk" if kind == "junk" else good + b"\x05\x00"
        if kind == "try_later":
            return bytes(ocsp.OCSPResponse({"response_status": "try_later"}).dump())
        basic = ocsp.OCSPResponse.load(good).basic_ocsp_response
        data, digest = basic["tbs_response_data"], "sha256"
        if kind in {"unknown", "good"}:
            data["responses"][0]["cert_status"] = ocsp.CertStatus(kind)
        else:
            digest = kind
            basic["signature_algorithm"] = {"algorithm": f"{digest}_ecdsa"}
        key = self.keys["ocsp"]
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        basic["signature"] = key.sign(data.dump(force=True), ec.ECDSA(_hash(digest)))
        body = {"response_type": "basic_ocsp_response", "response": basic}
        response = {"response_status": "successful", "response_bytes": body}
        return bytes(ocsp.OCSPResponse(response).dump(force=True))


@cache
def declared(name: str) -> list[dict[str, Any]]:
    """Give the entries of a declaration beside this file."""
    return cast("list[dict[str, Any]]", yaml.safe_load((HERE / name).read_text("utf-8")))
