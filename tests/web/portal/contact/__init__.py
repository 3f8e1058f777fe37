"""One's own data, and how they are changed."""
