"""What an administrator sees: the accounts of the office, and proposals that two must agree on."""

from web.admin import accounts, proposals, texts
from web.admin.blueprint import blueprint

__all__ = ["accounts", "blueprint", "proposals", "texts"]
