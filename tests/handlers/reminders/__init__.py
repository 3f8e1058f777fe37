"""Tests of the ladder of reminders."""
