"""What one column of a statement means where it stands."""

from sqlglot import exp

from tunesmith.bot.ddl.dialects.profile import DottedAccess, words
from tunesmith.bot.ddl.resolver.findings import Findings, Why
from tunesmith.bot.ddl.resolver.names import Name, real_names, written
from tunesmith.bot.ddl.resolver.scope import Meaning, Relation, Scope
from tunesmith.bot.ddl.resolver.table_index import Tables
from tunesmith.bot.ddl.resolver.tree_reading import function_name, source_text
from tunesmith.bot.messages import say

# Functions whose first argument is a unit of time and no column.
_TAKE_A_UNIT = words(
    """
    dateadd datediff datediff_big datename datepart datetrunc date_bucket get_format timestampadd
    timestampdiff
    """
)


class ColumnResolver:
    """Resolves the columns of one statement into `findings`."""

    def __init__(self, index: Tables, sql: str, findings: Findings) -> None:
        self._index = index
        self._dialect = index.dialect
        self._sql = sql
        self._findings = findings

    def column(self, node: exp.Column, scope: Scope) -> None:
        """Resolve one column and note what is wrong with it."""
        if isinstance(node.this, exp.Star):
            self.owner(node, scope)
        if not isinstance(node.this, exp.Identifier):
            return
        name = written(node.this)
        if not node.table:
            self._bare(node, name, scope)
            return
        relations = self.owner(node, scope)
        if relations is None:
            return
        reals = real_names(name, self._dialect)
        if not any(relation.has(name, reals) for relation in relations):
            self._findings.unknown_column(name.text, relations)

    def _bare(self, node: exp.Column, name: Name, scope: Scope) -> None:
        meaning = scope.bare(name)
        if meaning is Meaning.FOUND:
            return
        if meaning is Meaning.AMBIGUOUS:
            reals = real_names(name, self._dialect)
            owners = [r.label for r in scope.relations if r.columns.positions(reals) - r.merged]
            self._findings.ambiguous.setdefault(name.text, owners)
            return
        if self._is_text(node, name) or self._is_unit(node, name):
            return
        reason = None
        if scope.outputs is not None and scope.outputs.positions(real_names(name, self._dialect)):
            reason = Why.OWN_ALIAS
        self._findings.unknown_column(name.text, scope.reachable(), reason)

    def _is_unit(self, node: exp.Column, name: Name) -> bool:
        """`DAY` of `DATEADD(DAY, 1, x)` where that is no function of the dialect's own."""
        function = node.parent
        if name.quoted or not isinstance(function, exp.Func):
            return False
        arguments: list[exp.Expr] = list(function.iter_expressions())
        return arguments[0] is node and function_name(function, self._sql) in _TAKE_A_UNIT

    def _is_text(self, node: exp.Column, name: Name) -> bool:
        """Whether "x" is text because no column x exists.

        In a select list or an ORDER BY that hides an invented column, so only what is compared or
        handed to a function counts as text.
        """
        if not self._dialect.query.text_if_no_column or not name.quoted:
            return False
        if not source_text(node.this, self._sql).startswith('"'):
            return False
        if not isinstance(node.parent, exp.Predicate | exp.Func | exp.DPipe):
            return False
        self._findings.warnings.append(say("sql.taken_as_text", name=name.text))
        return True

    def owner(self, node: exp.Column, scope: Scope) -> list[Relation] | None:
        """The relations in front of a column; None where that is unknown or no relation at all."""
        qualifier = written(node.args["table"])
        schema = node.args.get("db")
        relations = scope.qualified(qualifier, written(schema) if schema else None)
        if relations:
            return relations
        if self._is_field_access(node, qualifier, schema, scope):
            return None
        text = qualifier.text if schema is None else f"{schema.name}.{qualifier.text}"
        exists = bool(self._index.find(qualifier, written(schema) if schema else None))
        self._findings.tables.setdefault(text, Why.NOT_READ if exists else Why.NO_ALIAS)
        return None

    def _is_field_access(
        self, node: exp.Column, qualifier: Name, schema: exp.Expr | None, scope: Scope
    ) -> bool:
        word = node.name.lower()
        dotted = self._dialect.query.dotted
        if dotted is DottedAccess.OBJECT_FIELD:
            if word in {"nextval", "currval"} or qualifier.text.lower().startswith("dbms_"):
                return True
            # `alias.column.field`: JSON and object columns (Oracle JSON Developer's Guide).
            front = node.args.get("catalog") or schema
            return front is not None and self._alias_column(node, front, scope)
        if dotted is DottedAccess.METHOD and schema is None:
            return scope.bare(qualifier) is Meaning.FOUND
        return False

    def _alias_column(self, node: exp.Column, front: exp.Expr, scope: Scope) -> bool:
        relations = scope.qualified(written(front))
        second = node.args["db"] if front is node.args.get("catalog") else node.args["table"]
        if not relations:
            return False
        name = written(second)
        reals = real_names(name, self._dialect)
        if not any(relation.has(name, reals) for relation in relations):
            self._findings.unknown_column(name.text, relations)
        return True
