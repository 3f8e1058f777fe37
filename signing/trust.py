"""What a validation trusts and knows: our anchors, our intermediates and revocation lists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trust:
    """DER certificates: `anchors` end a chain, `intermediates` only help to build one.

    Nothing else is trusted: neither the operating system's store nor a certificate that a
    container brings along.
    """

    anchors: tuple[bytes, ...]
    intermediates: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Revocation:
    """DER revocation lists at hand; one that lacks or is stale means "wait", never "good"."""

    crls: tuple[bytes, ...] = ()
