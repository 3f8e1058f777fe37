"""What the handlers share: services, rows, sentences, sessions."""
