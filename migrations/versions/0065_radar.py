"""The radar of the institutions: lines, figures by unit, their weeks, how far the sweep is."""

from __future__ import annotations

from alembic import op

revision = "0065"
down_revision = "0064"
compatible = True

_UP = """
CREATE TABLE radar_line (
    certificate_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    institution_id BIGINT NOT NULL,
    standing TEXT NOT NULL,
    consented BOOLEAN NOT NULL,
    ends_on DATE NOT NULL,
    CONSTRAINT pk_radar_line PRIMARY KEY (certificate_id),
    CONSTRAINT fk_radar_line_certificate_id FOREIGN KEY(certificate_id)
        REFERENCES certificate (id),
    CONSTRAINT fk_radar_line_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_radar_line_institution_id FOREIGN KEY(institution_id)
        REFERENCES institution (id)
);
CREATE INDEX ix_radar_line_person ON radar_line (person_id);
CREATE INDEX ix_radar_line_institution ON radar_line (institution_id);
CREATE INDEX ix_radar_line_standing ON radar_line (standing, ends_on, certificate_id);
CREATE TABLE radar_figure (
    institution_id BIGINT NOT NULL,
    total INTEGER NOT NULL,
    unconsented INTEGER NOT NULL,
    counts JSONB NOT NULL,
    own JSONB NOT NULL,
    days JSONB NOT NULL,
    counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_radar_figure PRIMARY KEY (institution_id),
    CONSTRAINT fk_radar_figure_institution_id FOREIGN KEY(institution_id)
        REFERENCES institution (id)
);
CREATE TABLE radar_week (
    institution_id BIGINT NOT NULL,
    week DATE NOT NULL,
    total INTEGER NOT NULL,
    unconsented INTEGER NOT NULL,
    counts JSONB NOT NULL,
    CONSTRAINT pk_radar_week PRIMARY KEY (institution_id, week),
    CONSTRAINT fk_radar_week_institution_id FOREIGN KEY(institution_id)
        REFERENCES institution (id)
);
CREATE TABLE radar_sweep (
    id BIGINT NOT NULL,
    day DATE NOT NULL,
    terms TEXT,
    whole_at TIMESTAMP WITH TIME ZONE,
    swept_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_radar_sweep PRIMARY KEY (id),
    CONSTRAINT ck_radar_sweep_one CHECK (id = 1)
);
CREATE INDEX ix_data_change_at ON data_change USING brin (at) WITH (autosummarize = on);
GRANT SELECT, INSERT, UPDATE, DELETE ON radar_line TO nes_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON radar_figure TO nes_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON radar_week TO nes_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON radar_sweep TO nes_app
"""
_DOWN = """
DROP INDEX ix_data_change_at;
DROP TABLE radar_sweep;
DROP TABLE radar_week;
DROP TABLE radar_figure;
DROP TABLE radar_line
"""


def upgrade() -> None:
    """Add the tables; the next sweep of the worker fills them."""
    op.execute(_UP)


def downgrade() -> None:
    """Remove what this step added."""
    op.execute(_DOWN)
