"""Hand-over forms may be kept packed against a specimen, which code before this step cannot read.

Nothing is changed: forms that are there stay as they are. Who goes back has all of them unpacked.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from states.papers.packing import MARK, unpack

revision = "0051"
down_revision = "0050"
compatible = False

_PACKED = text("""
SELECT sha256, content FROM document
WHERE sha256 > :after AND substr(content, 1, :length) = :mark ORDER BY sha256 LIMIT 100
""")


def upgrade() -> None:
    """Change nothing: that older code may not go on is noted with the step."""


def downgrade() -> None:
    """Unpack what is packed; what a document says, and its SHA-256, stay."""
    connection, after = op.get_bind(), ""
    op.execute("ALTER TABLE document DISABLE TRIGGER append_only")
    values = {"length": len(MARK), "mark": MARK}
    while found := connection.execute(_PACKED, {"after": after, **values}).all():
        for sha256, kept in found:
            connection.execute(
                text("UPDATE document SET content = :content WHERE sha256 = :sha256"),
                {"content": unpack(kept), "sha256": sha256},
            )
        after = found[-1].sha256
    # Set as it was made: it fires also for a replica.
    op.execute("ALTER TABLE document ENABLE ALWAYS TRIGGER append_only")
