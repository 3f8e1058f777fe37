"""Kills in the middle of a wave: every named point of production, papers, courier and lists."""
