"""Tests of backups in their parts; a whole one is made and put back in `tests/staying`."""
