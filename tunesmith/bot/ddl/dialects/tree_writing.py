"""Small pieces of syntax trees, for what the profiles write."""

from sqlglot import exp


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A call of a function by exactly this name."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def number(value: int) -> exp.Expr:
    """A number, with its sign within the literal."""
    return exp.Literal.number(str(value))


def text(value: str) -> exp.Expr:
    """A text in single quotes."""
    return exp.Literal.string(value)
