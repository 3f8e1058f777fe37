"""What anyone may ask with the code on a document: is it ours, and is this file a true copy."""

from web.verify.views import blueprint

__all__ = ["blueprint"]
