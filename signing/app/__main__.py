"""Starts nes-imza where there is no command for it: `python -m signing.app`, and frozen builds."""

from __future__ import annotations

import sys

from signing.app.cli import main

sys.exit(main())
