"""When two written names mean the same table or column, in each dialect's own case rules."""

from dataclasses import dataclass

from sqlglot import exp

from tunesmith.bot.ddl.dialects.profile import Profile


@dataclass(frozen=True, slots=True)
class Name:
    """A name as somebody wrote it; `quoted` is None where the DDL no longer tells."""

    text: str
    quoted: bool | None = None


def written(identifier: exp.Expr) -> Name:
    """The name an identifier of a statement writes."""
    return Name(identifier.name, bool(identifier.args.get("quoted")))


def real_names(name: Name, dialect: Profile) -> frozenset[str]:
    """The names `name` may have in the database; two names meet if any of these do."""
    folded = dialect.fold(name.text, quoted=False)
    if not dialect.quotes_keep_case:
        return frozenset((folded,))
    if name.quoted is None:
        return frozenset((name.text, folded))
    return frozenset((name.text if name.quoted else folded,))
