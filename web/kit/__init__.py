"""What pages of all faces are made of: formats, forms, charts, frame."""
