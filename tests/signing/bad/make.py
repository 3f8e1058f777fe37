"""Containers that no honest card would make: built from a declaration, then edited, then cut."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from asn1crypto import algos, cms, core, ocsp, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from signing.cms import levels
from signing.cms.signed_data import ARCHIVE_STAMP, HASH_INDEX, SIGNATURE_STAMP
from tests.kit.signing.answers import TEXT
from tests.kit.signing.house import NOW
from tests.signing.bad.edits import beside, tlv

if TYPE_CHECKING:
    from tests.signing.bad.pki import Key, Pki

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "md5": hashes.MD5,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
POLICY_ATTRIBUTE = "signature_policy_identifier"
TEXTS = {"same": TEXT, "other": TEXT + b" ", "empty": b"", "upper": TEXT.upper()}


@dataclass(frozen=True)
class Pss:
    """Parameters of RSASSA-PSS: as written, and the salt that was really used."""

    hash: str = "sha256"
    mgf: str = "sha256"
    salt: int = 32
    used_salt: int = 32
    trailer: int = 1
    absent: bool = False

    def algorithm(self) -> algos.SignedDigestAlgorithm:
        """Write the algorithm."""
        parameters = {
            "hash_algorithm": {"algorithm": self.hash},
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": self.mgf}},
            "salt_length": self.salt,
            "trailer_field": self.trailer,
        }
        name = {"algorithm": "rsassa_pss"}
        return algos.SignedDigestAlgorithm(
            name if self.absent else {**name, "parameters": algos.RSASSAPSSParams(parameters)}
        )

    def sign(self, key: rsa.RSAPrivateKey, data: bytes) -> bytes:
        """Sign."""
        pad = padding.PSS(padding.MGF1(HASHES[self.mgf]()), self.used_salt)
        return key.sign(data, pad, HASHES[self.hash]())


@dataclass(frozen=True)
class Build:
    """How a container is made; every default is what an honest card does."""

    signer: str = "person"
    key: str = ""
    text: str = "same"
    digest: str = "sha256"
    claimed_digest: str = ""
    claimed_signature: str = ""
    message_digest: str = ""
    content_attribute: str = "data"
    content_type: str = "data"
    content: bytes | None = None
    binding_digest: str = "sha256"
    bound_to: str = ""
    bound_issuer: str = ""
    binding_empty: bool = False
    binding_v1: bool = False
    signing_time: float = 0
    without: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    unsorted: bool = False
    attributes: bool = True
    signers: int = 1
    by_key: bool = False
    version: str = ""
    certificates: tuple[str, ...] = ("nes",)
    pss: dict[str, Any] | None = None
    protection: str = ""
    policy: str = ""
    embedded: tuple[str, ...] = ()
    timestamps: tuple[dict[str, Any], ...] = field(default=())
    gen_time: float = 0


def raw_sign(key: Key, data: bytes, digest: str) -> bytes:
    """Sign with PKCS#1 v1.5 or ECDSA."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), HASHES[digest]())
    return key.sign(data, ec.ECDSA(HASHES[digest]()))


def algorithm(key: Key, digest: str) -> algos.SignedDigestAlgorithm:
    """Name the signature algorithm of this key with this digest."""
    family = "rsa" if isinstance(key, rsa.RSAPrivateKey) else "ecdsa"
    return algos.SignedDigestAlgorithm({"algorithm": f"{digest}_{family}"})


class Maker:
    """Makes what one declaration says."""

    def __init__(self, pki: Pki, build: Build) -> None:
        """Keep the infrastructure and the declaration."""
        self.pki, self.build = pki, build
        self.key = pki.keys[build.key or build.signer]
        self.certificate = pki.parsed(build.signer)

    def container(self, content: bytes | None = None) -> cms.ContentInfo:
        """Make the container over the declared text, or over the given content (attached)."""
        build = self.build
        inside = build.content if content is None else content
        info = self._signer_info(TEXTS[build.text] if content is None else content)
        encapsulated: dict[str, object] = {"content_type": build.content_type}
        if inside is not None:
            encapsulated["content"] = (
                core.OctetString(inside)
                if build.content_type == "data"
                else core.ParsableOctetString(inside)
            )
        lists = self._embedded()
        signed_data: dict[str, object] = {
            "version": build.version or self._version(lists),
            "digest_algorithms": [{"algorithm": build.claimed_digest or build.digest}],
            "encap_content_info": encapsulated,
            "certificates": self._certificates(),
            "signer_infos": [info] * build.signers,
            **({"crls": lists} if lists else {}),
        }
        return cms.ContentInfo(
            {"content_type": "signed_data", "content": cms.SignedData(signed_data)}
        )

    def _version(self, lists: list[cms.RevocationInfoChoice]) -> str:
        if any(entry.name == "other" for entry in lists):
            return "v5"
        return "v1" if self.build.content_type == "data" and not self.build.by_key else "v3"

    def _certificates(self) -> list[cms.CertificateChoices]:
        labels = [] if "certificate" in self.build.without else [self.build.signer]
        return [
            cms.CertificateChoices("certificate", self.pki.parsed(label))
            for label in (*labels, *self.build.certificates)
        ]

    def _embedded(self) -> list[cms.RevocationInfoChoice]:
        named = [entry for entry in self.build.embedded if entry != "other"]
        held = self.pki.revocation(named, self.build.signer)
        found = [cms.RevocationInfoChoice.load(der) for der in held.crls]
        if named != list(self.build.embedded):
            unknown = {"other_rev_info_format": "2.999.1", "other_rev_info": core.Null()}
            found.append(cms.RevocationInfoChoice("other", cms.OtherRevocationInfoFormat(unknown)))
        for der in held.ocsps:
            other = {
                "other_rev_info_format": "ocsp_response",
                "other_rev_info": ocsp.OCSPResponse.load(der),
            }
            found.append(cms.RevocationInfoChoice("other", cms.OtherRevocationInfoFormat(other)))
        return found

    def _signer_info(self, text: bytes) -> cms.SignerInfo:
        build = self.build
        attributes = self._ordered(self._attributes(text))
        pss = None if build.pss is None else Pss(**build.pss)
        signed = attributes.dump() if build.attributes else text
        if pss is None:
            kind = algorithm(self.key, build.digest)
            signature = raw_sign(self.key, signed, build.digest)
        else:
            assert isinstance(self.key, rsa.RSAPrivateKey)
            kind, signature = pss.algorithm(), pss.sign(self.key, signed)
        if build.claimed_signature:
            kind = algos.SignedDigestAlgorithm({"algorithm": build.claimed_signature})
        return cms.SignerInfo(
            {
                "version": "v3" if build.by_key else "v1",
                "sid": self._identifier(),
                "digest_algorithm": {"algorithm": build.claimed_digest or build.digest},
                "signature_algorithm": kind,
                "signature": signature,
                **({"signed_attrs": attributes} if build.attributes else {}),
            }
        )

    def _identifier(self) -> cms.SignerIdentifier:
        if self.build.by_key:
            return cms.SignerIdentifier(
                "subject_key_identifier", self.certificate.key_identifier_value.native
            )
        return cms.SignerIdentifier(
            "issuer_and_serial_number",
            {
                "issuer": self.certificate.issuer,
                "serial_number": self.certificate.serial_number,
            },
        )

    def _binding(self) -> tsp.SigningCertificateV2:
        build = self.build
        bound = self.pki.certificate(build.bound_to or build.signer)
        entry: dict[str, object] = {
            "hash_algorithm": {"algorithm": build.binding_digest},
            "cert_hash": hashlib.new(build.binding_digest, bound).digest(),
        }
        if build.bound_issuer:
            entry["issuer_serial"] = {
                "issuer": [
                    x509.GeneralName("directory_name", self.pki.parsed(build.bound_issuer).subject)
                ],
                "serial_number": self.certificate.serial_number,
            }
        return tsp.SigningCertificateV2({"certs": [] if build.binding_empty else [entry]})

    def _attributes(self, text: bytes) -> list[cms.CMSAttribute]:
        build = self.build
        digest = build.message_digest and bytes.fromhex(build.message_digest)
        claimed = NOW + timedelta(hours=build.signing_time)
        values: dict[str, object] = {
            "content_type": build.content_attribute,
            "message_digest": digest or hashlib.new(build.digest, text).digest(),
            "signing_time": cms.Time({"utc_time": core.UTCTime(claimed)}),
            "signing_certificate_v2": self._binding(),
        }
        if build.binding_v1:
            bound = self.pki.certificate(build.bound_to or build.signer)
            digest = hashlib.sha1(bound).digest()  # noqa: S324 - what RFC 2634 knows
            values["signing_certificate"] = tsp.SigningCertificate(
                {"certs": [] if build.binding_empty else [{"cert_hash": digest}]}
            )
        if build.protection:
            values["cms_algorithm_protection"] = cms.CMSAlgorithmProtection(
                {
                    "digest_algorithm": {"algorithm": build.protection},
                    "signature_algorithm": algos.SignedDigestAlgorithm(
                        {"algorithm": f"{build.protection}_ecdsa"}
                    ),
                }
            )
        if build.policy:
            values[POLICY_ATTRIBUTE] = policy_identifier(build.policy)
        return [
            cms.CMSAttribute(
                {"type": name, "values": _values(name, value, twice=name in build.twice)}
            )
            for name, value in values.items()
            for _ in range(2 if name in build.repeated else 1)
            if name not in build.without
        ]

    def _ordered(self, attributes: list[cms.CMSAttribute]) -> cms.CMSAttributes:
        encoded = sorted((entry.dump() for entry in attributes), reverse=self.build.unsorted)
        return cms.CMSAttributes.load(tlv(0x31, b"".join(encoded)))

    def made(self) -> bytes:
        """Make the container with its time-stamps."""
        container = bytes(self.container().dump())
        for entry in self.build.timestamps:
            signature = cms.ContentInfo.load(container)["content"]["signer_infos"][0]["signature"]
            token = timestamp(self.pki, signature.native, dict(entry))
            container = beside(container, SIGNATURE_STAMP, token)
        return container


def _values(name: str, value: object, *, twice: bool) -> object:
    if name == "signing_time":  # a choice, of which asn1crypto takes no list
        return cms.SetOfTime.load(tlv(0x31, value.dump() * (2 if twice else 1)))  # type: ignore[attr-defined]
    return [value] * (2 if twice else 1)


def policy_identifier(oid: str) -> Any:  # noqa: ANN401 - asn1crypto
    """Write a signature policy identifier (EN 319 122-1, 5.2.9.1)."""
    from pyhanko.sign.ades.cades_asn1 import (  # noqa: PLC0415 - only few cases need it
        SignaturePolicyId,
        SignaturePolicyIdentifier,
    )

    return SignaturePolicyIdentifier(
        "signature_policy_id",
        SignaturePolicyId(
            {
                "sig_policy_id": oid,
                "sig_policy_hash": {
                    "digest_algorithm": {"algorithm": "sha256"},
                    "digest": hashlib.sha256(b"policy").digest(),
                },
            }
        ),
    )


def timestamp(pki: Pki, covered: bytes, entry: dict[str, Any]) -> bytes:
    """Make a time-stamp token over these bytes; `entry` is a Build of the token and more.

    `at` counts in hours from NOW, `over` replaces the covered bytes, `imprint` names the hash,
    `flip` breaks the signature, `extension` adds one that nobody knows, critical or not.
    """
    over, imprint = entry.pop("over", None), entry.pop("imprint", "sha256")
    at, flip = entry.pop("at", 0), entry.pop("flip", False)
    hashed, extension = entry.pop("hashed", None), entry.pop("extension", None)
    if hashed is None:
        hashed = hashlib.new(imprint, over.encode() if over else covered).digest()
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": "2.999.5070.3.1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": imprint},
                "hashed_message": hashed,
            },
            "serial_number": 7,
            "gen_time": NOW + timedelta(hours=at),
        }
    )
    if extension is not None:
        added = {"extn_id": "1.2.3.4", "critical": extension, "extn_value": core.OctetString(b"")}
        info["extensions"] = [added]
    defaults = {
        "signer": "tsa",
        "content_type": "tst_info",
        "content_attribute": "tst_info",
        "certificates": (),
        "signing_time": at,
    }
    token = bytes(Maker(pki, Build(**{**defaults, **entry})).container(info.dump()).dump())
    return token[:-1] + bytes([token[-1] ^ 1]) if flip else token


def archived(pki: Pki, container: bytes, entry: dict[str, Any]) -> bytes:
    """Add an archive time-stamp; `index` spoils its index, `bare` leaves it out."""
    kind, bare, over = entry.pop("index", ""), entry.pop("bare", False), entry.pop("over", "")
    if entry.pop("junk", False):
        return beside(container, ARCHIVE_STAMP, b"\x30\x00")
    index = levels.AtsHashIndexV3.load(levels.archive_index(container))
    if kind == "sha1":
        index["hash_ind_algorithm"] = {"algorithm": "sha1"}
    elif kind == "empty":
        index["unsigned_attr_values_hash_index"] = []
    der = index.dump(force=True)
    hashed = levels.archive_imprint(container, over.encode() or TEXT, der)
    token = timestamp(pki, b"", {**entry, "hashed": hashed})
    whole = token if bare else beside(token, HASH_INDEX, der)
    return beside(container, ARCHIVE_STAMP, whole)


def moment(hours: float) -> datetime:
    """Give a moment by its hours from NOW."""
    return NOW + timedelta(hours=hours)
