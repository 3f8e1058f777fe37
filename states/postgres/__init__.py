"""The way to PostgreSQL: the address, connections, and the embedded server."""
