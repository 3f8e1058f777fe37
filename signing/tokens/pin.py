"""A PIN that cannot be printed by mistake and that is overwritten after use."""

from __future__ import annotations


class Pin:
    """Hold a PIN in memory that `clear` overwrites; its text never shows in repr or str.

    python-pkcs11 only calls `.encode("utf-8")` on what it is given, so a Pin can be handed to
    it as it is. The copies that the interpreter makes meanwhile cannot be overwritten.
    """

    __slots__ = ("_bytes",)

    def __init__(self, text: str) -> None:
        """Copy the text into a buffer of our own."""
        self._bytes = bytearray(text.encode())

    def encode(self, _encoding: str = "utf-8") -> bytes:
        """Give the bytes that C_Login takes (PKCS#11 wants UTF-8 whatever is asked for)."""
        return bytes(self._bytes)

    def __len__(self) -> int:
        """Count the bytes."""
        return len(self._bytes)

    def __repr__(self) -> str:
        """Show nothing."""
        return "Pin(***)"

    def clear(self) -> None:
        """Overwrite and empty the buffer."""
        for index in range(len(self._bytes)):
            self._bytes[index] = 0
        self._bytes.clear()
