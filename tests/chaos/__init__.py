"""The office under load while everything in it is killed: ``make chaos``."""
