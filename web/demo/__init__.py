"""The demonstration: what stands in an empty demo, and the nine applications that are played."""
