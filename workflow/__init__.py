"""The process itself: definition, rules, engine, sweep, journal, effects and the clock."""
