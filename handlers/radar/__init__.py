"""The radar of the institutions: where the certificates of their people stand, in figures."""
