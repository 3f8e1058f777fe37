"""The card: made, sent, activated, its PIN."""
