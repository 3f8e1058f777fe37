"""nes-imza: the card holder's own program, which shows a text, signs it and sends the result."""
