"""Tests of the signing room, on real SoftHSM tokens."""
