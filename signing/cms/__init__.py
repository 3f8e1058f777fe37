"""Signature containers (CMS, CAdES, PAdES): made, read, taken apart."""
