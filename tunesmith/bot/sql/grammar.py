"""Syntax that some of the five dialects have and others do not.

sqlglot reads most of it in every dialect. Each `Feature` names one piece and the dialects that
take it; MySQL stands for MariaDB too and has what either of them has. Checked on PostgreSQL 15,
MariaDB 10.11 and SQLite 3.40; from the references of SQL Server 2022, Oracle 19c and MySQL 8.4.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from tunesmith.bot.ddl.dialect import Dialect
from tunesmith.bot.sql.lexical import is_quoted
from tunesmith.bot.sql.malformed import word
from tunesmith.bot.sql.rules import LETTERS
from tunesmith.bot.sql.sentences import say
from tunesmith.bot.sql.tree import args, is_join_group


class Feature(Enum):
    """A piece of syntax: its words, or the key of its sentence, and the letters of who takes it."""

    BACKTICKS = ("feature_backticks", "ms")
    BRACKETS = ("feature_brackets", "ts")
    SUBSCRIPTS = ("[ ]", "p")
    BRACES = ("{ }", "mt")
    TOP = ("TOP", "t")
    LIMIT = ("LIMIT", "mps")
    LIMIT_PAIR = ("LIMIT offset, count", "ms")
    OFFSET_ALONE = ("feature_offset_alone", "mpto")
    FETCH = ("FETCH FIRST", "mpto")
    FETCH_ALONE = ("feature_fetch_alone", "mpo")
    COLON_CAST = ("feature_colon_cast", "p")
    TRY_CAST = ("TRY_CAST", "t")
    ILIKE = ("ILIKE", "p")
    SIMILAR = ("SIMILAR TO", "p")
    REGEXP = ("REGEXP", "ms")
    DISTINCT_ON = ("DISTINCT ON", "p")
    BARE_USING = ("feature_bare_using", "")
    USING = ("feature_using", "mpos")
    LATERAL = ("LATERAL", "mpo")
    APPLY = ("feature_apply", "to")
    FULL_JOIN = ("FULL JOIN", "ptos")
    BARE_JOIN = ("feature_bare_join", "ms")
    BARE_SUBQUERY = ("feature_bare_subquery", "pos")
    NULLS_ORDER = ("feature_nulls_order", "pos")
    CONNECT_BY = ("CONNECT BY", "o")
    TABLE_AS = ("feature_table_as", "mpts")
    FILTER = ("FILTER (WHERE ...)", "ps")
    BOOLEAN = ("feature_boolean", "mpos")
    INTERVAL = ("INTERVAL", "mpo")
    DATE_TEXT = ("DATE '...'", "mpo")
    EXTRACT = ("EXTRACT", "mpo")
    DOUBLE_EQUALS = ("==", "s")
    NULL_SAFE_EQUALS = ("<=>", "m")
    DISTINCT_FROM = ("IS DISTINCT FROM", "pts")
    IS_VALUE = ("feature_is_value", "s")
    PERCENT = ("feature_percent", "mpts")
    DIV = ("DIV", "m")
    EMPTY_IN = ("IN ()", "s")
    QUANTIFIED = ("feature_quantified", "mpto")
    SET_ALL = ("feature_set_all", "mpo")
    ROLLUP = ("feature_rollup", "pto")
    WITH_ROLLUP = ("WITH ROLLUP", "mt")
    SAMPLE = ("TABLESAMPLE", "pto")
    LOCK_HINT = ("WITH (hint)", "t")
    INDEX_HINT = ("USE INDEX", "m")
    PIVOT = ("PIVOT", "to")

    def __init__(self, says: str, dialects: str) -> None:
        named = says.startswith("feature_")
        self.says = say(says) if named else say("feature", syntax=says)
        self.dialects = frozenset(LETTERS[letter] for letter in dialects)


def foreign_syntax(
    tree: exp.Expr, tokens: Sequence[Token], sql: str, dialect: Dialect
) -> Feature | None:
    """The first piece of syntax that the dialect does not have."""
    places = {token.start: position for position, token in enumerate(tokens)}
    for feature in _in_tokens(tokens, sql):
        if dialect not in feature.dialects:
            return feature
    for node in tree.walk():
        for feature in _in_node(node, tokens, places):
            if dialect not in feature.dialects:
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
