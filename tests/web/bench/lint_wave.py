"""What pkilint finds in the lists, answers and certificates that a wave handed out.

`python -m tests.web.bench.lint_wave FOLDER`, the folder where `nes bench --wave` keeps them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.kit.signing.linting import findings, read_policies_right, waivers

LINTED = {
    "crl": ("list", ("crl",)),
    "ocsp": ("answer", ("ocsp",)),
    "cer": ("person", ("pkix", "etsi", "etsi-qualified")),
}
"""By the ending of a file: as what its waivers stand, and the linters."""

CHAIN = {"root.cer": ("root", ("pkix",)), "nes.cer": ("issuing", ("pkix",))}


def lint(folder: Path) -> list[str]:
    """Return what is found and not waived; RuntimeError when there is nothing to look at."""
    waived, said, looked = waivers(), [], 0
    with pytest.MonkeyPatch.context() as patch:
        read_policies_right(patch)
        for file in sorted(folder.iterdir()):
            name, linters = CHAIN.get(file.name) or LINTED.get(file.suffix[1:], ("", ()))
            for linter in linters:
                looked += 1
                found = findings(name, linter, file)
                said += [f"{file.name}: {one[2]}" for one, _ in found if one not in waived]
    if not looked:
        message = f"{folder} holds nothing that a wave handed out"
        raise RuntimeError(message)
    return said


if __name__ == "__main__":
    unwaived = lint(Path(sys.argv[1]))
    sys.exit("\n".join(unwaived) or 0)
