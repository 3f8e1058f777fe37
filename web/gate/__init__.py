"""What stands around every request: settings composed, who is signed in, limits, errors, headers."""
