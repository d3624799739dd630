"""Small readers of sqlglot's trees."""

from typing import cast

from sqlglot import exp


def args(node: exp.Expr, name: str) -> list[exp.Expr]:
    """The expressions under one of a node's arguments, as a list."""
    value: object = node.args.get(name)
    if isinstance(value, list):
        return [item for item in cast("list[object]", value) if isinstance(item, exp.Expr)]
    return [value] if isinstance(value, exp.Expr) else []


def source_text(node: exp.Expr, sql: str) -> str:
    """The text of the token that a node was read from; empty where the parser kept none."""
    start: object = node.meta.get("start")
    end: object = node.meta.get("end")
    if isinstance(start, int) and isinstance(end, int):
        return sql[start : end + 1]
    return ""


def function_name(node: exp.Expr, sql: str) -> str:
    """A function's name in lower case, as written where that is known."""
    if isinstance(node, exp.Anonymous):
        return node.name.lower()
    text = source_text(node, sql).lower()
    if text.replace("_", "").isalnum():
        return text
    return node.sql_name().lower() if isinstance(node, exp.Func) else ""


def is_join_group(node: exp.Expr) -> bool:
    """Whether brackets in a FROM clause hold joined tables, `(a JOIN b ON ...)`, and no query."""
    inner = node.this
    if not isinstance(node, exp.Subquery) or not isinstance(inner, exp.Subquery):
        return isinstance(node, exp.Subquery) and isinstance(inner, exp.Table)
    return bool(inner.args.get("joins") or inner.args.get("alias")) or is_join_group(inner)
