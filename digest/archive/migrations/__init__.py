"""Alembic migrations of the archive: in `versions` one script per format, named by its number.

`meta.schema_version` is the authority on an archive's format, because the program reads it at every
opening; Alembic's own table is set from it before an upgrade. New archives are created from
`digest.archive.tables`, and a test compares the two ways. Importing this package loads Alembic,
which takes a quarter of a second: import it only where an archive has to be migrated.

From format 8 on, scripts run on both databases; archives in PostgreSQL begin with 7. Clients' own
tables are brought up to date by `digest.archive.clients`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config


def upgrade_schema(connection: sa.Connection, version: int, target: int) -> None:
    """Migrate the tables from one format (0: none) to another, in the connection's transaction."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "digest.archive:migrations")
    command.stamp(config, str(version) if version else "base", purge=True)
    command.upgrade(config, str(target))
