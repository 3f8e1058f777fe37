"""Tests of the process: definition, rules, engine, sweep, journal, effects."""
