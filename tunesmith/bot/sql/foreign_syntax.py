"""Syntax and functions that a statement uses and its dialect does not have.

sqlglot reads most of such syntax in every dialect.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from tunesmith.bot.ddl.dialects import every_profile
from tunesmith.bot.ddl.dialects.features import Feature
from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.ddl.resolver.tree_reading import args, is_join_group, source_text
from tunesmith.bot.messages import Message, say
from tunesmith.bot.sql.lexical import is_quoted
from tunesmith.bot.sql.malformed import word


def foreign_syntax(
    tree: exp.Expr, tokens: Sequence[Token], sql: str, dialect: Profile
) -> Feature | None:
    """The first piece of syntax that the dialect does not have."""
    places = {token.start: position for position, token in enumerate(tokens)}
    for feature in _in_tokens(tokens, sql):
        if feature not in dialect.query.features:
            return feature
    for node in tree.walk():
        for feature in _in_node(node, tokens, places):
            if feature not in dialect.query.features:
                return feature
    return None


_WORDS = {
    "::": Feature.COLON_CAST,
    "ILIKE": Feature.ILIKE,
    "APPLY": Feature.APPLY,
    "==": Feature.DOUBLE_EQUALS,
    "<=>": Feature.NULL_SAFE_EQUALS,
    "%": Feature.PERCENT,
    "{": Feature.BRACES,
}


@dataclass(frozen=True, slots=True)
class _Near:
    """The words around a token, empty where there is none or it is quoted."""

    behind: str
    following: str
    third: str
    following_type: TokenType | None

    @property
    def counts(self) -> bool:
        """Whether a number, or something that stands for one, follows."""
        return self.following_type in _COUNTS or self.following in {"(", ":", "ALL"}

    def follows(self, *texts: str) -> bool:
        """Whether one of these follows."""
        return self.following in texts


_COUNTS = {TokenType.NUMBER, TokenType.PARAMETER, TokenType.PLACEHOLDER}
# A word that means a feature only beside certain others.
_CONTEXTS: dict[str, tuple[tuple[Feature, Callable[[_Near], bool]], ...]] = {
    "[": ((Feature.BRACKETS, lambda near: near.behind in _NO_ARRAY_BEHIND),),
    "TOP": ((Feature.TOP, lambda near: near.counts and near.behind in _BEFORE_TOP),),
    "LIMIT": (
        (Feature.LIMIT, lambda near: near.counts),
        (Feature.LIMIT_PAIR, lambda near: near.counts and near.third == ","),
    ),
    "FETCH": (
        (Feature.FETCH, lambda near: near.follows("FIRST", "NEXT")),
        (
            Feature.FETCH_ALONE,
            lambda near: near.follows("FIRST", "NEXT") and near.behind not in {"ROW", "ROWS"},
        ),
    ),
    "REGEXP": ((Feature.REGEXP, lambda near: not near.follows("(")),),
    "RLIKE": ((Feature.REGEXP, lambda near: not near.follows("(")),),
    "DIV": (
        (
            Feature.DIV,
            lambda near: (
                near.following_type in {TokenType.NUMBER, TokenType.VAR}
                and near.behind not in {"", ",", "SELECT"}
            ),
        ),
    ),
    "INTERVAL": (
        (
            Feature.INTERVAL,
            lambda near: near.following_type in {TokenType.NUMBER, TokenType.STRING},
        ),
    ),
    "DATE": ((Feature.DATE_TEXT, lambda near: near.following_type is TokenType.STRING),),
    "TIMESTAMP": ((Feature.DATE_TEXT, lambda near: near.following_type is TokenType.STRING),),
    "EXTRACT": ((Feature.EXTRACT, lambda near: near.follows("(")),),
    "IN": ((Feature.EMPTY_IN, lambda near: near.follows("(") and near.third == ")"),),
    "DISTINCT": (
        (
            Feature.DISTINCT_FROM,
            lambda near: near.behind in {"IS", "NOT"} and near.follows("FROM"),
        ),
    ),
    "EXCEPT": ((Feature.SET_ALL, lambda near: near.follows("ALL")),),
    "INTERSECT": ((Feature.SET_ALL, lambda near: near.follows("ALL")),),
    "FIRST": ((Feature.NULLS_ORDER, lambda near: near.behind == "NULLS"),),
    "LAST": ((Feature.NULLS_ORDER, lambda near: near.behind == "NULLS"),),
    "WITH": ((Feature.WITH_ROLLUP, lambda near: near.follows("ROLLUP", "CUBE")),),
    "ROLLUP": ((Feature.ROLLUP, lambda near: near.follows("(") and near.behind != "WITH"),),
    "CUBE": ((Feature.ROLLUP, lambda near: near.follows("(") and near.behind != "WITH"),),
    "GROUPING SETS": ((Feature.ROLLUP, lambda near: near.follows("(")),),
}
_BEFORE_TOP = frozenset({"SELECT", "DISTINCT", "ALL"})
_NO_ARRAY_BEHIND = frozenset({"SELECT", "DISTINCT", ",", "(", "=", "FROM", "JOIN"})


def _in_tokens(tokens: Sequence[Token], sql: str) -> Iterator[Feature]:
    for position, token in enumerate(tokens):
        text = sql[token.start : token.end + 1]
        if is_quoted(token):
            if text.startswith("`"):
                yield Feature.BACKTICKS
            elif text.startswith("["):
                yield Feature.BRACKETS
            continue
        after = (*tokens[position + 1 : position + 3], None, None)
        near = _Near(
            behind=word(tokens[position - 1]) if position else "",
            following=word(after[0]),
            third=word(after[1]),
            following_type=after[0].token_type if after[0] else None,
        )
        if near.behind == ".":
            continue
        feature = _WORDS.get(text.upper())
        if feature is not None:
            yield feature
        for candidate, holds in _CONTEXTS.get(word(token), ()):
            if holds(near):
                yield candidate


def _in_node(node: exp.Expr, tokens: Sequence[Token], places: dict[int, int]) -> Iterator[Feature]:
    if isinstance(node, exp.Query) and node.args.get("offset") and not node.args.get("limit"):
        yield Feature.OFFSET_ALONE
    for kind, feature in _NODES:
        if isinstance(node, kind):
            yield feature
    if isinstance(node, exp.Any | exp.All) and isinstance(node.this, exp.Query):
        yield Feature.QUANTIFIED
    if isinstance(node, exp.Distinct) and node.args.get("on"):
        yield Feature.DISTINCT_ON
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Literal | exp.Column):
        yield Feature.IS_VALUE
    if isinstance(node, exp.Array | exp.Bracket):
        yield Feature.SUBSCRIPTS
    if isinstance(node, exp.Join):
        yield from _in_join(node, tokens, places)
    if isinstance(node, exp.Table | exp.Subquery) and isinstance(node.parent, exp.From | exp.Join):
        yield from _in_source(node, tokens, places)


_NODES: tuple[tuple[type[exp.Expr], Feature], ...] = (
    (exp.TryCast, Feature.TRY_CAST),
    (exp.SimilarTo, Feature.SIMILAR),
    (exp.Connect, Feature.CONNECT_BY),
    (exp.Filter, Feature.FILTER),
    (exp.Boolean, Feature.BOOLEAN),
    (exp.TableSample, Feature.SAMPLE),
    (exp.WithTableHint, Feature.LOCK_HINT),
    (exp.IndexTableHint, Feature.INDEX_HINT),
    (exp.Pivot, Feature.PIVOT),
)


def _in_join(node: exp.Join, tokens: Sequence[Token], places: dict[int, int]) -> Iterator[Feature]:
    if node.args.get("using") or node.args.get("method") == "NATURAL":
        yield Feature.USING
        names = args(node, "using")
        if names and _word_before(names[0], tokens, places) == "USING":
            yield Feature.BARE_USING
        return
    side = str(node.args.get("side") or "").upper()
    if side == "FULL":
        yield Feature.FULL_JOIN
    if isinstance(node.this, exp.Lateral):
        if node.this.args.get("cross_apply") is None:
            yield Feature.LATERAL
        return
    if args(node, "on") or node.args.get("kind") in {"CROSS", "STRAIGHT"}:
        return
    if side or _word_before(node.this, tokens, places) == "JOIN":
        yield Feature.BARE_JOIN


def _in_source(
    node: exp.Table | exp.Subquery, tokens: Sequence[Token], places: dict[int, int]
) -> Iterator[Feature]:
    alias = node.args.get("alias")
    if isinstance(node, exp.Subquery) and not alias:
        if not args(node, "pivots") and not is_join_group(node):
            yield Feature.BARE_SUBQUERY
        return
    is_function = isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier)
    if is_function or alias is None or alias.this is None:
        return
    if _word_before(alias.this, tokens, places) == "AS":
        yield Feature.TABLE_AS


def _word_before(node: exp.Expr, tokens: Sequence[Token], places: dict[int, int]) -> str:
    """The token in front of the first name of a node; empty where that is not known."""
    starts = [place.meta["start"] for place in node.walk() if "start" in place.meta]
    position = places.get(min(starts), 0) if starts else 0
    return word(tokens[position - 1]) if position else ""


# Functions that some dialect has and others do not.
_FOREIGN = frozenset[str]().union(*(profile.query.functions for profile in every_profile()))


def missing_functions(tree: exp.Expr, sql: str, dialect: Profile) -> list[Message]:
    """A warning for every function that another dialect has and this one does not.

    No more than a warning: a database's owner may have added the function.
    """
    names = (source_text(function, sql).lower() for function in tree.find_all(exp.Func))
    missing = _FOREIGN - dialect.query.functions
    return [
        say("sql.no_such_function", dialect=dialect.label, name=name.upper())
        for name in dict.fromkeys(names)
        if name in missing
    ]
