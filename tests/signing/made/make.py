"""Makes the containers of BouncyCastle anew: python -m tests.signing.made.make."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.kit.signing import forge
from tests.kit.signing.answers import TEXT
from tests.kit.signing.crowd import Own, named

HERE = Path(__file__).parent
JARS = ":".join(f"/usr/share/java/{name}.jar" for name in ("bcprov", "bcpkix", "bcutil"))
CURVES: dict[str, type[ec.EllipticCurve]] = {
    "SHA256": ec.SECP256R1,
    "SHA384": ec.SECP384R1,
    "SHA512": ec.SECP521R1,
}


def main() -> None:
    """Make keys, certificates and lists, have BouncyCastle sign, and keep all but the keys."""
    root, issuing = Own(named("TEST Kök")), Own(named("TEST NES Şubesi"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "root.cer").write_bytes(root.certify(root))
        (folder / "issuing.cer").write_bytes(root.certify(issuing))
        (folder / "root.crl").write_bytes(root.list(1))
        (folder / "issuing.crl").write_bytes(issuing.list(1))
        (folder / "text.txt").write_bytes(TEXT)
        for number, (digest, curve) in enumerate(CURVES.items()):
            for kind in ("ECDSA", "RSA", "RSAANDMGF1"):
                key = forge.ec_key(curve) if kind == "ECDSA" else forge.rsa_key()
                _person(folder / f"{digest}with{kind}", issuing, key, number)
        java = ["java", "--class-path", JARS, str(HERE / "Sign.java"), name]
        subprocess.run(java, check=True)
        for path in sorted(folder.iterdir()):
            if path.suffix in {".der", ".crl"} or path.stem in {"root", "issuing"}:
                (HERE / "bouncycastle" / path.name).write_bytes(path.read_bytes())
        one = "SHA256withECDSA.ber"
        (HERE / "bouncycastle" / one).write_bytes((folder / one).read_bytes())


def _person(path: Path, issuing: Own, key: forge.Key, number: int) -> None:
    request = replace(forge.person_request(), serial_number=2**80 + number)
    der = forge.certificate(key, issuing.key, request, issuing.name)
    path.with_suffix(".cer").write_bytes(der)
    path.with_suffix(".pk8").write_bytes(
        key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


if __name__ == "__main__":
    main()
