"""What a clause of a statement can see, and what a column's name means there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from sqlglot import exp

from tunesmith.bot.ddl.dialects.profile import AliasUse, Profile
from tunesmith.bot.ddl.model import Column
from tunesmith.bot.ddl.resolver.names import Name, real_names

Source = Column | exp.Expr | None


class Meaning(Enum):
    """What was found for a column's name."""

    FOUND = "found"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


class Columns:
    """An ordered list of column names, found by the dialect's case rules.

    `complete` is False where some columns cannot be known (a table that does not exist, a function
    that returns rows). `unnamed` is True where an expression without alias got a name from the
    engine; such a name is empty here. `keys[i]` says which column `names[i]` really is: equal keys
    are one column shown twice. `sources[i]` is the table's column that it shows, or the expression.
    """

    __slots__ = ("_index", "complete", "keys", "names", "sources", "unnamed")

    def __init__(
        self,
        names: Iterable[Name],
        dialect: Profile,
        *,
        complete: bool = True,
        unnamed: bool = False,
        keys: Sequence[object] | None = None,
        sources: Sequence[Source] | None = None,
    ) -> None:
        self.names = tuple(names)
        self.complete = complete
        self.unnamed = unnamed
        self.keys: tuple[object, ...] = tuple(range(len(self.names)) if keys is None else keys)
        self.sources: tuple[Source, ...] = tuple(sources or [None] * len(self.names))
        self._index: dict[str, list[int]] = {}
        for position, name in enumerate(self.names):
            if not name.text:
                continue
            for real in real_names(name, dialect):
                self._index.setdefault(real, []).append(position)

    def positions(self, reals: frozenset[str]) -> set[int]:
        """Where columns stand that one of these real names means."""
        return {position for real in reals for position in self._index.get(real, ())}


@dataclass(slots=True, eq=False)
class Relation:
    """One table, view, CTE, sub-query or function in a FROM clause."""

    label: str
    names: frozenset[str]
    columns: Columns
    # Real names of the schema that may stand in front of a table's own name; None where the DDL
    # does not tell.
    schemas: frozenset[str] | None = frozenset()
    hidden: frozenset[str] = frozenset()
    # Positions that USING or NATURAL folded into a column further left.
    merged: set[int] = field(default_factory=set[int])

    def visible(self) -> Iterator[int]:
        """The positions that `*` shows and a bare name may mean."""
        return (i for i in range(len(self.columns.names)) if i not in self.merged)

    def has(self, name: Name, reals: frozenset[str]) -> bool:
        """Whether `relation.name` means something."""
        return (
            bool(self.columns.positions(reals)) or self.accepts(name) or bool(self.hidden & reals)
        )

    def accepts(self, name: Name) -> bool:
        """Whether a name that is not listed could still be one of this relation's columns."""
        if not self.columns.complete:
            return True
        return self.columns.unnamed and not name.text.isidentifier()


@dataclass(slots=True)
class Scope:
    """The relations of one query, the CTEs it declares, and the query around it."""

    dialect: Profile
    parent: "Scope | None" = None
    relations: list[Relation] = field(default_factory=list[Relation])
    ctes: dict[str, Columns] = field(default_factory=dict[str, Columns])
    pseudo: frozenset[str] = frozenset()
    # The output columns a clause may use, and how.
    outputs: Columns | None = None
    alias_use: AliasUse = AliasUse.NEVER

    def levels(self) -> "Iterator[Scope]":
        """This scope and the ones around it, from the inside out."""
        level: Scope | None = self
        while level is not None:
            yield level
            level = level.parent

    def with_outputs(self, outputs: Columns, use: AliasUse) -> "Scope":
        """The same scope for a clause that may use the select list's names."""
        return Scope(
            self.dialect, self.parent, self.relations, self.ctes, self.pseudo, outputs, use
        )

    def cte(self, reals: frozenset[str]) -> Columns | None:
        """The nearest CTE of that name."""
        for level in self.levels():
            for real in reals:
                if real in level.ctes:
                    return level.ctes[real]
        return None

    def bare(self, name: Name) -> Meaning:
        """What a column's name without a table in front means."""
        reals = real_names(name, self.dialect)
        for level in self.levels():
            meaning = level.bare_here(name, reals, nearest=level is self)
            if meaning is not Meaning.UNKNOWN:
                return meaning
        word = name.text.lower()
        if not name.quoted and word in self.dialect.query.pseudo:
            return Meaning.FOUND
        return Meaning.UNKNOWN

    def bare_here(self, name: Name, reals: frozenset[str], *, nearest: bool) -> Meaning:
        """What it means among this scope's own relations and aliases alone."""
        aliased = self._output(reals, nearest=nearest)
        if aliased is not Meaning.UNKNOWN:
            return aliased
        certain = all(relation.columns.complete for relation in self.relations)
        listed = sum(self._hits(relation, reals) for relation in self.relations)
        hidden = sum(bool(relation.hidden & reals) for relation in self.relations)
        if certain and (listed > 1 or (not listed and hidden > 1)):
            return Meaning.AMBIGUOUS
        known = (
            listed
            or (not name.quoted and name.text.lower() in self.pseudo)
            or any(relation.has(name, reals) for relation in self.relations)
            or self._is_whole_row(reals)
        )
        return Meaning.FOUND if known else Meaning.UNKNOWN

    def _hits(self, relation: Relation, reals: frozenset[str]) -> int:
        """How many columns of one relation a bare name means; some engines stop at the first."""
        found = len(relation.columns.positions(reals) - relation.merged)
        return min(found, 1) if self.dialect.query.first_match_wins else found

    def _is_whole_row(self, reals: frozenset[str]) -> bool:
        """Whether a table's name by itself is its whole row."""
        return self.dialect.query.rows_by_table_name and any(
            r.names & reals for r in self.relations
        )

    def _output(self, reals: frozenset[str], *, nearest: bool) -> Meaning:
        """An alias of the select list; a bare-only one is invisible from within a sub-query."""
        if self.outputs is None or self.alias_use is AliasUse.NEVER:
            return Meaning.UNKNOWN
        if self.alias_use is AliasUse.BARE and not nearest:
            return Meaning.UNKNOWN
        found = {self.outputs.keys[i] for i in self.outputs.positions(reals)}
        if len(found) > 1 and not self.dialect.query.first_match_wins:
            return Meaning.AMBIGUOUS
        return Meaning.FOUND if found else Meaning.UNKNOWN

    def qualified(self, qualifier: Name, schema: Name | None = None) -> list[Relation]:
        """The relations of the nearest level that `qualifier.` may stand for."""
        reals = real_names(qualifier, self.dialect)
        wanted = real_names(schema, self.dialect) if schema else None
        for level in self.levels():
            found = [
                relation
                for relation in level.relations
                if relation.names & reals
                and (wanted is None or relation.schemas is None or relation.schemas & wanted)
            ]
            if found:
                return found
        return []

    def reachable(self) -> list[Relation]:
        """Every relation that a bare name might have meant, nearest first."""
        return [relation for level in self.levels() for relation in level.relations]
