"""An office with its hands: people entered, cards given, lists read, signatures made."""
