"""The tests of states/logs: what each table takes, refuses and reckons."""
