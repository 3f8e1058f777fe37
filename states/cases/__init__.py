"""Everything that has a state and a journal, and the rows that a move writes beside it."""
