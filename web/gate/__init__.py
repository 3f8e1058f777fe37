"""What stands around every request: parts put together, who is signed in, limits, errors."""
