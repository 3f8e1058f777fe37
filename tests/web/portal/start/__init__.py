"""The start page of a holder: the router's card, and what it leads to."""
