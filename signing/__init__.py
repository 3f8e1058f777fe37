"""Tokens, certificates, CAdES signatures, their validation and the demo authority (a leaf room)."""
