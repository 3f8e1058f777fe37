"""What becomes of a certificate: seen, asked for, revoked, followed by another."""
