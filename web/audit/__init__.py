"""What an auditor sees: journal, approvals, sign-ins, reads, definitions, proofs; all unmoved."""

from web.audit import definitions_pages, integrity, logs_pages, trails_pages, views
from web.audit.blueprint import blueprint

__all__ = ["blueprint", "definitions_pages", "integrity", "logs_pages", "trails_pages", "views"]
