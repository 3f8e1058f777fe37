"""Tests of the journal: chained, proved, looked through, taken out."""
