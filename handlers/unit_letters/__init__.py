"""Official letters of an institution to its units: drafted, approved by a second one, sent once."""
