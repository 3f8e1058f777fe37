"""What an auditor sees: journal, sign-ins, reads, definitions, proofs; nothing moves a case."""

from web.audit import definitions_pages, integrity, logs_pages, views
from web.audit.blueprint import blueprint

__all__ = ["blueprint", "definitions_pages", "integrity", "logs_pages", "views"]
