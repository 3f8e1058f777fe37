"""The file that a scanner kept while it was away from a screen: one code on each line."""

from __future__ import annotations

from states.kit.invalid import Invalid

MOST_CODES = 500
"""Codes of a file of scans."""

LARGEST = 256 * 1024
"""Bytes of a file of scans."""


def codes_in(content: bytes) -> list[str]:
    """Return the codes of a file that a scanner kept: one a line, what stands before a comma.

    Raises Invalid for an empty file, for one that is no text, and for too many lines.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("scan_file.type") from error
    if "\0" in text or len(content) > LARGEST:
        raise Invalid("scan_file.type")
    cells = [line.replace("\t", ",").replace(";", ",").split(",")[0] for line in text.splitlines()]
    codes = [cell.strip().strip('"') for cell in cells]
    found = list(dict.fromkeys(code for code in codes if code))
    if not found:
        raise Invalid("scan_file.empty")
    if len(found) > MOST_CODES:
        raise Invalid("scan_file.rows", most=MOST_CODES)
    return found
