"""Properties of the whole tree: sizes, imports, names, licences, settings."""
