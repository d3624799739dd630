"""What resolving a statement brought to light."""

from dataclasses import dataclass, field

from tunesmith.bot.schemas.verify.scope import Relation


@dataclass(slots=True)
class UnknownColumn:
    """A column that is nowhere to be found among `relations`."""

    name: str
    relations: list[Relation]
    # Set where the name exists, but not in this clause of this dialect.
    reason: str | None = None


@dataclass(slots=True)
class Findings:
    """The names of a statement that mean nothing, or more than one thing, by first use."""

    # Name as written, and why it means nothing where the schema does have it.
    tables: dict[str, str | None] = field(default_factory=dict[str, str | None])
    columns: dict[str, UnknownColumn] = field(default_factory=dict[str, UnknownColumn])
    # Name and the tables it may belong to.
    ambiguous: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    warnings: list[str] = field(default_factory=list[str])
    # Tables and views of the schema that the statement reads or writes.
    used: set[str] = field(default_factory=set[str])
