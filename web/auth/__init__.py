"""Signing in and out: personas in the demo, an OpenID provider everywhere else."""

from web.auth.views import blueprint

__all__ = ["blueprint"]
