"""The rights of accounts: proposed, granted, and what is left behind when one ends."""
