"""Functions of another database: the most common slip of a model that knows five dialects.

A warning only: a database's owner may have added the function. The letters are the dialects that
have it: MySQL or MariaDB, PostgreSQL, SQL Server (t), Oracle, SQLite. From their references.
"""

from sqlglot import exp

from tunesmith.bot.ddl.dialect import Dialect
from tunesmith.bot.sql.rules import LETTERS
from tunesmith.bot.sql.sentences import Sentence, say
from tunesmith.bot.sql.tree import source_text

_HAVE = """
add_months:mo charindex:t curdate:m date_add:m date_format:m date_part:p date_sub:m date_trunc:p
dateadd:t datediff:mt datename:t datepart:t datetrunc:t day:mt dayofweek:m eomonth:t
find_in_set:m from_unixtime:m gen_random_uuid:p getdate:t group_concat:ms if:m ifnull:ms iif:ts
initcap:mpo instr:mos isnull:mt julianday:s last_day:mo left:mpt len:t length:mpos listagg:o
locate:m lpad:mpo month:mt months_between:o newid:t now:mp nvl2:mo nvl:mo rand:mt random:ps
repeat:mp replicate:t right:mpt rpad:mpo str_to_date:m strftime:s string_agg:pts strpos:p
stuff:t substr:mpos substring:mpts timestampdiff:m to_char:mpo to_date:mpo to_number:mpo trunc:po
truncate:m unix_timestamp:m year:mt
"""
_DIALECTS = {
    name: frozenset(LETTERS[letter] for letter in letters)
    for name, _, letters in (entry.partition(":") for entry in _HAVE.split())
}


def missing_functions(tree: exp.Expr, sql: str, dialect: Dialect) -> list[Sentence]:
    """A warning for every function that the dialect does not have."""
    names = (source_text(function, sql).lower() for function in tree.find_all(exp.Func))
    missing = [name for name in names if dialect not in _DIALECTS.get(name, {dialect})]
    return [
        say("no_such_function", dialect=dialect.label, name=name.upper())
        for name in dict.fromkeys(missing)
    ]
