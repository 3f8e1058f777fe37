"""The steps of the database and what they promise."""
