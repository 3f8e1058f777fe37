"""What pages of batches have in common, for the office and for institutions."""
