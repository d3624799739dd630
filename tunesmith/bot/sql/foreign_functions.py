"""Functions of another database: the most common slip of a model that knows several dialects.

A warning only: a database's owner may have added the function.
"""

from sqlglot import exp

from tunesmith.bot.ddl.dialects import every_profile
from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.ddl.resolver.trees import source_text
from tunesmith.bot.messages import Message, say

_FOREIGN = frozenset[str]().union(*(profile.query.functions for profile in every_profile()))


def missing_functions(tree: exp.Expr, sql: str, dialect: Profile) -> list[Message]:
    """A warning for every function that another dialect has and this one does not."""
    names = (source_text(function, sql).lower() for function in tree.find_all(exp.Func))
    missing = _FOREIGN - dialect.query.functions
    return [
        say("sql.no_such_function", dialect=dialect.label, name=name.upper())
        for name in dict.fromkeys(names)
        if name in missing
    ]
