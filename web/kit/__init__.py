"""What pages of all kinds of users are made of: formats, forms, charts, frame."""
