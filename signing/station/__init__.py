"""The station: a program that makes cards in a production room; it needs no database."""
