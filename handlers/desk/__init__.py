"""What the desk needs beside the moves: claims, filters, figures, documents, evidence."""
