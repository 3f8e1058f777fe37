"""The life of a signature: asked for, judged, lifted, judged for good, renewed."""
