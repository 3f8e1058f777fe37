"""The site against people who want what is not theirs."""
