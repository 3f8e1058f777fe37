"""The tests of states/cases: what each table takes, refuses and reckons."""
