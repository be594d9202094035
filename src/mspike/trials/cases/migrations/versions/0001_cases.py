"""Cases and their entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "navigator_case",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("opened_at", sa.String(32), nullable=False),
        sa.Column("opened_by", sa.Text, nullable=False),
        sa.Column("erased_at", sa.String(32)),
    )
    op.create_table(
        "case_entry",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("case_id", sa.String(32), sa.ForeignKey("navigator_case.id"), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("trial", sa.String(11), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("due", sa.Date),
        sa.Column("corrects", sa.Integer, sa.ForeignKey("case_entry.id")),
    )
    op.create_index("case_entry_of", "case_entry", ["case_id", "id"])


def downgrade() -> None:
    raise CommandError("cases are not taken back to an earlier form: entries would be lost")
