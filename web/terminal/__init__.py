"""The command `nes`."""
