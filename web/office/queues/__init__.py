"""The lists of cases, and what is asked of them."""
