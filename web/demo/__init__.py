"""The demonstration: what stands in an empty demo, and the scenes that are played."""
