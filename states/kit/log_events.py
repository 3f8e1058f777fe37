"""The events that the log names; `docs/logs.md` says what each means and what to do.

Machines read these names, so one that is published stays. The fields beside an event have one
name for one thing: ``code`` is what went wrong (the code of an error of ours, else the name of
the error's class, never its words), ``where`` the places of a fault, ``reason`` a sentence for
people, ``seconds`` a length of time.
"""

from __future__ import annotations

from enum import StrEnum


class LogEvent(StrEnum):
    """The name of what happened, as it stands in the field ``event``."""

    ACCEPTING_FAILED = "accepting_failed"
    BATCH_FAILED = "batch_failed"
    CERTIFICATE_STATUS_UNKNOWN = "certificate_status_unknown"
    CHORE_FAILED = "chore_failed"
    CLOCK_DIFFERS = "clock_differs"
    CLOCK_JUMPED = "clock_jumped"
    CONNECTION_FAILED = "connection_failed"
    DATABASE_AWAY = "database_away"
    DATABASE_BUSY = "database_busy"
    DATABASE_SERVER_ENDED = "database_server_ended"
    DEFINITION_LEFT_OUT = "definition_left_out"
    DEFINITION_MISSING = "definition_missing"
    EFFECT_END_UNWRITTEN = "effect_end_unwritten"
    EFFECT_POSTPONED = "effect_postponed"
    EFFECT_RECOVERED = "effect_recovered"
    ENDED_BY_ERROR = "ended_by_error"
    EVIDENCE_NOT_KEPT = "evidence_not_kept"
    FORM_TOKEN_REFUSED = "form_token_refused"  # noqa: S105 - an event, no password
    GUARD_DIFFERS = "guard_differs"
    HEARTBEAT_UNWRITTEN = "heartbeat_unwritten"
    JOURNAL_PROVED = "journal_proved"
    LIBRARY = "library"
    MOVE_FAILED = "move_failed"
    MOVES_LOST = "moves_lost"
    NOT_ALLOWED = "not_allowed"
    NOT_SERVING = "not_serving"
    OIDC_AWAY = "oidc_away"
    OIDC_ISSUER_DIFFERS = "oidc_issuer_differs"
    OIDC_REFUSED = "oidc_refused"
    OIDC_TOO_WEAK = "oidc_too_weak"
    PROCESS_ENDED = "process_ended"
    QUEUE_AWAY = "queue_away"
    READER_UNAVAILABLE = "reader_unavailable"
    RECEIPT_REFUSED = "receipt_refused"
    REQUEST = "request"
    REQUEST_REFUSED = "request_refused"
    REVOCATION_LIST_ISSUED = "revocation_list_issued"
    SIGN_IN_STATUS_UNKNOWN = "sign_in_status_unknown"
    SIGNATURE_FAILED_AT_LAST = "signature_failed_at_last"
    SIGNATURE_NOT_AUGMENTED = "signature_not_augmented"
    SIGNATURE_NOT_LIFTED = "signature_not_lifted"
    SIGNATURES_AUGMENTED = "signatures_augmented"
    SIGNING_FAILED = "signing_failed"
    SLOW_CLIENTS_ENDED = "slow_clients_ended"
    START_POSTPONED = "start_postponed"
    SWEEP_STOPPED = "sweep_stopped"
    SWEPT = "swept"
    THROTTLED = "throttled"
    TIMELINE_CHANGED = "timeline_changed"
    TIMELINE_NOT_KEPT = "timeline_not_kept"
    UNEXPECTED = "unexpected"
    UNIT_LETTER_FAILED = "unit_letter_failed"
    UPLOAD_FAILED = "upload_failed"
    UPLOAD_REFUSED = "upload_refused"
