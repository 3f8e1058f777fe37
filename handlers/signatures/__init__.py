"""The life of a signature: accepted, validated, augmented, pending, final."""
