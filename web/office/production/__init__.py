"""The operator's page: what waits for production, what is being made, and what came of it."""
