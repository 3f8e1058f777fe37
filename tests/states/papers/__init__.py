"""The tests of states/papers: what each table takes, refuses and reckons."""
