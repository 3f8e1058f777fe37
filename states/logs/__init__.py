"""What is only ever added to, or counted: the journal, reads, proofs, figures and notes."""
