"""The standing consent (e-onay): given, rested on, ended."""
