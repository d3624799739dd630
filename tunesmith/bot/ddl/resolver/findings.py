"""What resolving a statement found."""

from dataclasses import dataclass, field
from enum import Enum

from tunesmith.bot.ddl.resolver.scope import Relation
from tunesmith.bot.messages import Message


class Why(Enum):
    """Why a name means nothing here, where it is not simply made up."""

    NOT_READ = "a table of the schema that the query does not read from"
    NO_ALIAS = "in front of a column, and neither a table nor an alias"
    OWN_ALIAS = "an alias of the query that this clause cannot use"
    NOT_IN_HAVING = "a column that is neither selected nor grouped by"


@dataclass(slots=True)
class UnknownColumn:
    """A column that is nowhere to be found among `relations`."""

    name: str
    relations: list[Relation]
    reason: Why | None = None


@dataclass(slots=True)
class Findings:
    """The names of a statement that mean nothing, or more than one thing, by first use."""

    # Names as written.
    tables: dict[str, Why | None] = field(default_factory=dict[str, "Why | None"])
    columns: dict[str, UnknownColumn] = field(default_factory=dict[str, UnknownColumn])
    # Name and the tables it may belong to.
    ambiguous: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    warnings: list[Message] = field(default_factory=list[Message])
    # Tables and views of the schema that the statement reads or writes.
    used: set[str] = field(default_factory=set[str])

    def unknown_column(
        self, name: str, relations: list[Relation], reason: Why | None = None
    ) -> None:
        """Note a column that is nowhere among `relations`."""
        self.columns.setdefault(name, UnknownColumn(name, relations, reason))
