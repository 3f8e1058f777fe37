"""Opens and moves cases, one transaction a move, with its entry in the journal."""
