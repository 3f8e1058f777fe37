"""The commands of the terminal, one file per group."""
