"""Alembic's entry: runs on the connection that `Database.migrate` hands over."""

from alembic import context

from tunesmith.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
