"""Certificates, answers and time-stamps, true and forged, and servers that give them."""
