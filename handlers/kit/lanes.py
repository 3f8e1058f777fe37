"""The queues of effects in this office: what goes first, and what never waits for what."""

from __future__ import annotations

from workflow.running.lanes import Lane, Lanes

LANES = Lanes(
    (
        # What one person waits for before a page, and what others must be able to see at once.
        Lane("status", ("revocation", "status", "certificate_status"), 1),
        # A card that is made is booked before another one is begun.
        Lane("production", ("courier", "redelivery", "production"), 2),
        Lane("papers", ("record", "manifest"), 1),
        Lane("notices", ("notice",), 1),
    )
)
"""Each queue with the effects it holds, by the first part of their names in ``workflows.yaml``."""
