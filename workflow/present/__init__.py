"""Processes and refusals as people read them: drawn, outlined, compared, in words."""
