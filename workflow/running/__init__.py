"""What goes on by itself: effects, sweeps, batches, proofs, and the worker that does them."""
