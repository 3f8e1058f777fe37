"""What is remembered: one file per object, the settings and the way to PostgreSQL."""
