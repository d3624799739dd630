"""A query made ready to run on generated tables: its names resolved, its clock stopped."""

from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp
from sqlglot.errors import ErrorLevel

from tunesmith.bot.ddl.model import Schema, Table
from tunesmith.bot.sql.parsing import NotSqlError, parse, tokenize
from tunesmith.bot.sql.planning import is_harmless_to_plan
from tunesmith.bot.text2sql.sqltree import TODAY

NOW = f"{TODAY} 12:00:00"
_DATES = (exp.CurrentDate,)
_MOMENTS = (exp.CurrentTimestamp, exp.CurrentDatetime, exp.Localtimestamp)
_ORDERED = (
    exp.Limit,
    exp.Fetch,
    exp.Window,
    exp.GroupConcat,
    exp.ArrayAgg,
    exp.JSONArrayAgg,
    exp.JSONObjectAgg,
)
_TEMPORAL = ("date", "timestamp", "datetime", "timestamptz", "datetime2", "smalldatetime")


class NotRunnableError(Exception):
    """The text is no query that may run; `args[0]` says why, in English."""


@dataclass(frozen=True)
class Statement:
    """A query: `tree` names the generated tables, `tables` are those of the schema that it reads.

    `aliases` maps what the query calls a table, in small letters, to the tables of that name.
    """

    tree: exp.Expr
    tables: tuple[Table, ...]
    aliases: dict[str, tuple[Table, ...]]
    ignores_case: bool

    @cached_property
    def is_ordered(self) -> bool:
        """Whether the whole result has an order."""
        return bool(self.tree.args.get("order"))

    @cached_property
    def may_depend_on_ties(self) -> bool:
        """Whether rows are cut, counted or joined to a text in an order that may have ties.

        Where this is so, what a query returns may be open on one database and decided on the next.
        """
        return self.tree.find(*_ORDERED) is not None

    @cached_property
    def is_cut_by_unseen_keys(self) -> bool:
        """Whether distinct rows are cut in an order of what is not in them: several keys may stand
        behind one row, and standard SQL refuses it.
        """
        order = self.tree.args.get("order")
        selected = self.tree.selects if isinstance(self.tree, exp.Query) else []
        if not (order and self.tree.args.get("distinct") and self.tree.args.get("limit")):
            return False
        names = {one.alias_or_name.casefold() for one in selected}
        texts = {one.unalias().sql() for one in selected}
        keys = [key.this for key in order.expressions]
        seen = (key.is_int or key.name.casefold() in names or key.sql() in texts for key in keys)
        return not all(seen)

    def written(self, engine: str, ties: str = "", columns: int = 0) -> str:
        """The text for an engine (`sqlite`, `duckdb`).

        `ties` (`ASC`, `DESC`) puts every column behind the keys of an ordered query, so that rows
        with equal keys come in that order.
        """
        tree = self.tree.copy()
        if ties and self.is_ordered:
            keys = tree.args["order"].expressions
            for number in range(1, columns + 1):
                place = exp.Literal.number(number)
                down = ties == "DESC"  # and NULL comes first, where it came last
                keys.append(exp.Ordered(this=place, desc=down, nulls_first=down))
        if engine == "sqlite":
            tree = tree.transform(_without_types)
        elif self.ignores_case:
            tree = tree.transform(_without_case)
        return tree.sql(engine, identify=True, unsupported_level=ErrorLevel.IGNORE, comments=False)


def read_statement(sql: str, schema: Schema) -> Statement:
    """The statement of a checked query. Raises NotRunnableError for anything else."""
    profile = schema.dialect.profile
    try:
        tree = parse(sql, tokenize(sql, profile), profile)
    except NotSqlError as error:
        raise NotRunnableError("It cannot be read.") from error
    if not isinstance(tree, exp.Query):
        raise NotRunnableError("It is no query.")
    if not is_harmless_to_plan(tree):
        raise NotRunnableError("It could build something huge.")
    found = _tables(tree, schema)
    if profile.query.text_if_no_column:
        _quoted_texts(tree, found)
    return Statement(
        tree=tree.transform(_frozen),
        tables=tuple({table.name: table for _, table in found}.values()),
        aliases=_by_alias(found),
        ignores_case=profile.query.texts_ignore_case,
    )


def generated_name(table: Table) -> str:
    """What a generated database calls a table: it has no schemas."""
    return table.name.casefold()


def _tables(tree: exp.Query, schema: Schema) -> list[tuple[str, Table]]:
    """The schema's tables in a query by what it calls them; they get their generated names."""
    shared = {one.alias_or_name.casefold() for one in tree.find_all(exp.CTE)}
    found: list[tuple[str, Table]] = []
    for node in list(tree.find_all(exp.Table)):
        if not isinstance(node.this, exp.Identifier) or (
            not node.db and node.name.casefold() in shared
        ):
            continue
        table = _find(schema, [part.name for part in node.parts])
        if table is None:
            raise NotRunnableError(f"There is no table {node.name}.")
        called = node.alias_or_name
        found.append((called.casefold(), table))
        if not node.alias:
            node.set("alias", exp.TableAlias(this=exp.to_identifier(called, quoted=True)))
        node.set("this", exp.to_identifier(generated_name(table), quoted=True))
        node.set("db", None)
        node.set("catalog", None)
    for column in tree.find_all(exp.Column):
        column.set("db", None)
        column.set("catalog", None)
    return found


def _find(schema: Schema, parts: list[str]) -> Table | None:
    """The table that a name means: its whole name, else the last part alone."""
    wanted = [part.casefold() for part in parts]
    tables = [(table.name.casefold().split("."), table) for table in schema.tables if table.columns]
    whole = (table for name, table in tables if name == wanted)
    last = (
        table
        for name, table in tables
        if name[-len(wanted) :] == wanted or wanted[-len(name) :] == name
    )
    return next(whole, None) or next(last, None)


def _by_alias(found: list[tuple[str, Table]]) -> dict[str, tuple[Table, ...]]:
    aliases: dict[str, tuple[Table, ...]] = {}
    for called, table in found:
        aliases[called] = (*aliases.get(called, ()), table)
    return aliases


def _quoted_texts(tree: exp.Expr, found: list[tuple[str, Table]]) -> None:
    """What SQLite takes for a text: a name in double quotes that is none (sqlite.org/quirks)."""
    known = {column.name.casefold() for _, table in found for column in table.columns}
    known |= {one.alias_or_name.casefold() for one in tree.find_all(exp.Alias, exp.TableAlias)}
    known |= {one.name.casefold() for one in tree.find_all(exp.TableAlias)}
    for column in list(tree.find_all(exp.Column)):
        quoted = isinstance(column.this, exp.Identifier) and column.this.quoted
        if quoted and not column.table and column.name.casefold() not in known:
            column.replace(exp.Literal.string(column.name))


def _frozen(node: exp.Expr) -> exp.Expr:
    """The day and the moment of running stand as constants."""
    if isinstance(node, _DATES):
        return exp.cast(exp.Literal.string(TODAY), "date")
    if isinstance(node, _MOMENTS):
        return exp.cast(exp.Literal.string(NOW), "timestamp")
    if isinstance(node, exp.Literal) and node.is_string and node.name.casefold() == "now":
        return exp.Literal.string(NOW)
    return node


def _without_types(node: exp.Expr) -> exp.Expr:
    """SQLite keeps dates as text: a cast to a date would make a number of them."""
    if isinstance(node, exp.Cast) and node.to.is_type(*_TEMPORAL):
        if isinstance(node.this, exp.Literal):
            return node.this
        return exp.Anonymous(
            this="DATE" if node.to.is_type("date") else "DATETIME", expressions=[node.this]
        )
    return node


def _without_case(node: exp.Expr) -> exp.Expr:
    return exp.ILike(**node.args) if type(node) is exp.Like else node
