"""The messages of the site in two languages, and what keeps the English whole."""
