"""The tables of the cases. A change here goes with a migration."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()
case_table = Table(
    "navigator_case",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("opened_at", String(32), nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("erased_at", String(32)),
)
entry_table = Table(
    "case_entry",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case_id", String(32), ForeignKey("navigator_case.id"), nullable=False),
    Column("at", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("trial", String(11), nullable=False),
    Column("step", String(32), nullable=False),
    Column("due", Date),
    Column("corrects", Integer, ForeignKey("case_entry.id")),
    Index("case_entry_of", "case_id", "id"),
)
