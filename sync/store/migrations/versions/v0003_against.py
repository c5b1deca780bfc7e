"""Whose the values of a conflict are, and since when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what was not known of the values that were kept before."""
    with op.batch_alter_table("salvage") as salvage:
        salvage.add_column(sa.Column("since", sa.Text))
        salvage.add_column(sa.Column("against", sa.Text))
