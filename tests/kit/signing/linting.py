"""Runs pkilint's own commands over documents, and holds what they say against the waivers."""

from __future__ import annotations

import gc
import io
import json
import warnings
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pkilint import document
from pkilint.bin import (
    lint_crl,
    lint_etsi_cert,
    lint_ocsp_response,
    lint_pkix_cert,
    lint_pkix_signer_signee_cert_chain,
)
from pyasn1.codec.der.decoder import decode

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

Finding = tuple[str, str, str]
"""A document's name, the linter's and the finding's code."""

LINTERS: dict[str, tuple[Callable[[list[str]], int], tuple[str, ...]]] = {
    "pkix": (lint_pkix_cert.main, ()),
    "etsi": (lint_etsi_cert.main, ("-t", "NCP-NATURAL-PERSON-CERTIFICATE")),
    "etsi-qualified": (
        lint_etsi_cert.main,
        ("-t", "QCP-N-QSCD-NON-EIDAS-FINAL-CERTIFICATE"),
    ),
    "chain": (lint_pkix_signer_signee_cert_chain.main, ()),
    "crl": (lint_crl.main, ("-t", "CRL", "-p", "PKIX")),
    "arl": (lint_crl.main, ("-t", "ARL", "-p", "PKIX")),
    "ocsp": (lint_ocsp_response.main, ()),
}
"""The commands of pkilint: natural persons by EN 319 412-2 and -5, the rest by RFC 5280 and 6960.

No member state's law is meant, hence "non eIDAS".
"""


def read_policies_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pkilint read its documents with pyasn1's own decoder.

    The quick one that it ships with takes the first octet of an identifier for its first arcs,
    and so cannot read anything under 2.48 and above, the example arc 2.999 included.
    """
    monkeypatch.setattr(document, "decode_der", partial(decode))


def findings(name: str, linter: str, *files: Path) -> list[tuple[Finding, str]]:
    """Run a linter over files; give each finding with where it was found."""
    program, options = LINTERS[linter]
    words = ["lint", *options, "-f", "JSON", "-s", "INFO", "--document-format", "DER"]
    printed = io.StringIO()
    with redirect_stdout(printed), warnings.catch_warnings():
        # The program leaves the closing of its files to the end of the process.
        warnings.simplefilter("ignore", ResourceWarning)
        program([*words, *map(str, files)])
        gc.collect()
    return [
        ((name, linter, described["code"]), result["node_path"])
        for result in json.loads(printed.getvalue())["results"]
        for described in result["finding_descriptions"]
    ]


def waivers() -> dict[Finding, str]:
    """Read the checked-in waivers: each finding that is expected, and why it stands."""
    listed: list[dict[str, Any]] = yaml.safe_load(
        Path(__file__).with_name("waivers.yaml").read_text(encoding="utf-8")
    )
    reasons = {}
    for entry in listed:
        for where in entry["where"]:
            name, linter = where.split("/")
            reasons[name, linter, entry["finding"]] = entry["reason"]
    return reasons
