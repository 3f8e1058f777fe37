"""Tests of the post: carriers, tries, what comes back."""
