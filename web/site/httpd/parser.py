"""Reads the head of a request: waitress' reader, stricter where two readers could disagree."""

from __future__ import annotations

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import Error, RequestEntityTooLarge


class Parser(HTTPRequestParser):  # type: ignore[misc]  # the library carries no types
    """One request as it arrives."""

    error: Error | None
    unread = False
    """Whether a body follows that nobody will read."""

    def received(self, data: bytes) -> int:
        """Take bytes in and return how many were used.

        A body that is announced as too large is not read: the site answers, on a page of its own,
        and the connection ends.
        """
        used: int = super().received(data)
        if self.error is not None:
            self.unread = True
            if isinstance(self.error, RequestEntityTooLarge) and not self.chunked:
                self.error = self.body_rcv = None
                self.headers["CONNECTION"] = "close"
        return used

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head; raises `ParsingError` for whatever is wrong with it.

        A length beside a transfer coding is refused, and a coding in HTTP/1.0 (RFC 9112, 6.1 and
        6.3): a proxy in front might see another end of the message than we do.
        """
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # an address or a length that Python refuses to read
            raise ParsingError("unreadable") from error
        if self.version not in {"1.0", "1.1"}:
            raise ParsingError("another version")
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("two lengths")
        if "TRANSFER_ENCODING" in self.headers:  # waitress takes it away where it was obeyed
            raise ParsingError("transfer coding in HTTP/1.0")
