"""PKCS#11: finding a token, sessions on it, keys, PINs, and SoftHSM as the default."""
