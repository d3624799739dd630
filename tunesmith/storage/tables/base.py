"""The metadata that all tables share, and how both databases want their columns and indexes."""

from typing import Any

from sqlalchemy import BigInteger, Integer, MetaData, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# SQLite's integers are as wide as need be, and its keys must be of that very name.
COUNT = BigInteger().with_variant(Integer, "sqlite")


def where(condition: str) -> dict[str, Any]:
    """A partial index, as both databases know it."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
