"""Tests of the card: made, sent, activated."""
