"""What transitions do: one file per subject, one small function per name in the YAML."""
