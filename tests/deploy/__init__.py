"""Tests of what an installation is made of: proxy, units, container."""
