"""Syntax that some dialects have and others do not."""

from enum import Enum

from tunesmith.bot.messages import Message, say


def _written(syntax: str) -> Message:
    return say("sql.feature", syntax=syntax)


class Feature(Enum):
    """A piece of syntax; the value is what it is called."""

    BACKTICKS = say("sql.feature_backticks")
    BRACKETS = say("sql.feature_brackets")
    SUBSCRIPTS = _written("[ ]")
    BRACES = _written("{ }")
    TOP = _written("TOP")
    LIMIT = _written("LIMIT")
    LIMIT_PAIR = _written("LIMIT offset, count")
    OFFSET_ALONE = say("sql.feature_offset_alone")
    FETCH = _written("FETCH FIRST")
    FETCH_ALONE = say("sql.feature_fetch_alone")
    COLON_CAST = say("sql.feature_colon_cast")
    TRY_CAST = _written("TRY_CAST")
    ILIKE = _written("ILIKE")
    SIMILAR = _written("SIMILAR TO")
    REGEXP = _written("REGEXP")
    DISTINCT_ON = _written("DISTINCT ON")
    BARE_USING = say("sql.feature_bare_using")
    USING = say("sql.feature_using")
    LATERAL = _written("LATERAL")
    APPLY = say("sql.feature_apply")
    FULL_JOIN = _written("FULL JOIN")
    BARE_JOIN = say("sql.feature_bare_join")
    BARE_SUBQUERY = say("sql.feature_bare_subquery")
    NULLS_ORDER = say("sql.feature_nulls_order")
    CONNECT_BY = _written("CONNECT BY")
    TABLE_AS = say("sql.feature_table_as")
    FILTER = _written("FILTER (WHERE ...)")
    BOOLEAN = say("sql.feature_boolean")
    INTERVAL = _written("INTERVAL")
    DATE_TEXT = _written("DATE '...'")
    EXTRACT = _written("EXTRACT")
    DOUBLE_EQUALS = _written("==")
    NULL_SAFE_EQUALS = _written("<=>")
    DISTINCT_FROM = _written("IS DISTINCT FROM")
    IS_VALUE = say("sql.feature_is_value")
    PERCENT = say("sql.feature_percent")
    DIV = _written("DIV")
    EMPTY_IN = _written("IN ()")
    QUANTIFIED = say("sql.feature_quantified")
    SET_ALL = say("sql.feature_set_all")
    ROLLUP = say("sql.feature_rollup")
    WITH_ROLLUP = _written("WITH ROLLUP")
    SAMPLE = _written("TABLESAMPLE")
    LOCK_HINT = _written("WITH (hint)")
    INDEX_HINT = _written("USE INDEX")
    PIVOT = _written("PIVOT")


def features(names: str) -> frozenset[Feature]:
    """The features of these names in lower case."""
    return frozenset(Feature[name.upper()] for name in names.split())
