"""What keeps the office running: vitals, figures, keys, and what is forgotten when."""
