"""Certificates, lists and OCSP answers as structures: read, compared, built."""
