"""What a document may be opened for; the reader chooses one, and it is kept."""

from __future__ import annotations

PURPOSES = {
    "review": "Başvurunun incelenmesi",
    "objection": "İtiraz veya şikâyet",
    "audit": "Denetim",
}

SEARCH = "Kimlik numarasıyla arama"
"""What a search by identity number is kept under."""
