"""Whole backups of one moment: made, checked and put back."""
