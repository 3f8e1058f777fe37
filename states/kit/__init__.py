"""The settings, and what values are read and kept as."""
