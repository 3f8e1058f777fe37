"""Staff lists: read, rehearsed, entered."""
