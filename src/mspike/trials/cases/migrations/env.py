"""Runs the migrations on the connection that `open_cases` gives."""

from __future__ import annotations

from alembic import context

from mspike.trials.cases.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
