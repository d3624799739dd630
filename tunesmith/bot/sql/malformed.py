"""Broken statements that sqlglot reads all the same, and no database does.

sqlglot reads the union of some thirty dialects and forgives much; what our dialects never accept is
looked for here, in the tokens where the tree no longer shows it.
"""

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.ddl.resolver.tree_reading import args
from tunesmith.bot.messages import Message, say
from tunesmith.bot.sql.lexical import is_quoted

_ENDS = frozenset({")", ",", "FROM", "WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT", "UNION"})
_COMPARISONS = frozenset({"=", "==", "<", ">", "<=", ">=", "<>", "!="})
_NEEDS_MORE = frozenset({"GROUP BY", "ORDER BY", "WHERE", "HAVING", "FROM", "AS", "ON"})
# A clause of a higher rank never stands before one of a lower rank.
_RANKS = {
    "FROM": 1,
    "WHERE": 2,
    "GROUP BY": 3,
    "HAVING": 4,
    "ORDER BY": 5,
    "LIMIT": 6,
    "OFFSET": 6,
    "FETCH": 6,
}
_SET_WORDS = frozenset({"UNION", "EXCEPT", "INTERSECT", "MINUS"})
# Clauses and joins of other engines, by node and argument.
_FOREIGN_ARGS = (
    "cluster",
    "distribute",
    "sort",
    "prewhere",
    "settings",
    "format",
    "match",
    "qualify",
)
_STAR_CHANGES = ("except_", "replace", "rename")
_FOREIGN_JOINS = frozenset({"SEMI", "ANTI", "ASOF", "POSITIONAL"})


def malformed(tree: exp.Expr, tokens: Sequence[Token], dialect: Profile) -> Message | None:
    """What makes a statement none, for a colleague to read; None where nothing does."""
    return (
        _unfinished(tokens)
        or _out_of_order(tokens, dialect)
        or next((said for node in tree.walk() if (said := _foreign(node, dialect))), None)
    )


def word(token: Token | None) -> str:
    """A token's text in upper case; empty for a quoted one and for none at all."""
    return "" if token is None or is_quoted(token) else " ".join(token.text.upper().split())


def _unfinished(tokens: Sequence[Token]) -> Message | None:
    for position, token in enumerate(tokens):
        after = tokens[position + 1] if position + 1 < len(tokens) else None
        this, following = word(token), word(after)
        ends = after is None or following in _ENDS
        if this == "," and ends:
            return say("sql.comma")
        if this in _NEEDS_MORE and (after is None or following in {")", "ALL"}):
            return say("sql.nothing_after", word=this)
        shift = this == following and this in "<>" and after and after.start == token.end + 1
        if this in _COMPARISONS and following in _COMPARISONS and not shift:
            return say("sql.followed_by", word=this, following=following)
        if this == "FROM" and (position == 0 or word(tokens[position - 1]) == "("):
            return say("sql.no_select")
        if this == "|>":
            return say("sql.not_readable_pipe")
    return None


def _out_of_order(tokens: Sequence[Token], dialect: Profile) -> Message | None:
    """Follow the clauses of each query through its brackets."""
    reached: list[int | None] = [None]
    for position, token in enumerate(tokens):
        this = word(token)
        if this == "(":
            reached.append(None)
        elif this == ")" and len(reached) > 1:
            reached.pop()
        elif this in _SET_WORDS or this == "SELECT":
            reached[-1] = 0
        elif this in _RANKS and reached[-1] is not None:
            if this == "FROM" and word(tokens[position - 1]) == "DISTINCT":
                continue  # IS DISTINCT FROM
            rank = _RANKS[this]
            if dialect.query.having_before_group and this == "GROUP BY":
                rank = _RANKS["HAVING"]
            if this in {"OFFSET", "FETCH", "LIMIT"} and not _is_count(tokens, position):
                continue
            if rank < (reached[-1] or 0):
                return say("sql.too_late", word=this)
            reached[-1] = rank
    return None


def _is_count(tokens: Sequence[Token], position: int) -> bool:
    """Whether LIMIT, OFFSET or FETCH begins a clause and is not somebody's column."""
    after = tokens[position + 1] if position + 1 < len(tokens) else None
    return after is not None and (
        after.token_type is TokenType.NUMBER or word(after) in {"FIRST", "NEXT", "ALL", "?", ":"}
    )


def _foreign(node: exp.Expr, dialect: Profile) -> Message | None:
    said = None
    if isinstance(node, exp.Select):
        said = _foreign_clause(node, dialect) or _undefined_window(node)
    elif isinstance(node, exp.Join):
        kind = str(node.args.get("kind") or node.args.get("method") or "")
        said = say("sql.no_join", kind=kind) if kind in _FOREIGN_JOINS else None
    elif isinstance(node, exp.Star) and any(node.args.get(key) for key in _STAR_CHANGES):
        said = say("sql.star_changes")
    elif isinstance(node, exp.Limit) and args(node, "expressions"):
        said = say("sql.limit_by")
    elif isinstance(node, exp.Struct | exp.Lambda):
        said = say("sql.not_readable")
    return said


def _foreign_clause(node: exp.Select, dialect: Profile) -> Message | None:
    if not node.expressions and not dialect.query.empty_select:
        return say("sql.nothing_after", word="SELECT")
    for key in _FOREIGN_ARGS:
        if args(node, key) and key not in dialect.query.clauses:
            return say("sql.no_clause", name=key.upper())
    return None


def _undefined_window(node: exp.Select) -> Message | None:
    defined = {window.name.casefold() for window in args(node, "windows")}
    for item in (*node.expressions, *args(node, "order")):
        for window in item.find_all(exp.Window):
            name = window.alias
            own = window.find_ancestor(exp.Select) is node
            if (
                own
                and name
                and window.args.get("over") == "OVER"
                and name.casefold() not in defined
            ):
                return say("sql.no_window", name=name)
    return None
