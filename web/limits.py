"""Owns the throttle of addresses and the guard of forms, shared by all faces."""

from __future__ import annotations

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
"""Refuses a form that this site did not give out; programs' routes are exempted one by one."""

limiter = Limiter(get_remote_address)
"""Throttles by address. Counts live in the process: with several, each counts for itself."""
