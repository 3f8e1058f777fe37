"""A small process on the real tables, and how its work is broken."""
