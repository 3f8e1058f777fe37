"""What an auditor sees: the journal, its proof, and its export; nothing here changes anything."""

from web.audit.views import blueprint

__all__ = ["blueprint"]
