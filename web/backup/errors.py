"""What a backup or a restore refuses, each with one sentence of what to do."""

from __future__ import annotations

from states.kit.errors import StoreError


class BackupRefused(StoreError):
    """No backup was made, and nothing of one is left; params: where."""

    code = "backup_refused"


class BackupUnusable(StoreError):
    """What should be restored is no whole backup that this version knows; params: where."""

    code = "backup_unusable"


class RestoreRefused(StoreError):
    """A whole backup that is not for this place or these secrets; params: where."""

    code = "restore_refused"
