"""Check a model's SQL against the schema it was asked about."""

from enum import StrEnum
from functools import reduce

from pydantic import BaseModel, ConfigDict, Field, computed_field
from sqlglot.tokenizer_core import Token

from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.dialects.features import Feature
from tunesmith.bot.ddl.model import Schema
from tunesmith.bot.ddl.resolver.findings import Findings
from tunesmith.bot.ddl.resolver.resolver import Resolver
from tunesmith.bot.ddl.resolver.table_index import TableIndex
from tunesmith.bot.messages import Message, say, text_for
from tunesmith.bot.sql import verdict_messages as wording
from tunesmith.bot.sql.closest import closest
from tunesmith.bot.sql.duckdb_opinion import duckdb_objection
from tunesmith.bot.sql.extract import extract_sql
from tunesmith.bot.sql.foreign_syntax import foreign_syntax, missing_functions
from tunesmith.bot.sql.lexical import character_danger, has_names, token_danger
from tunesmith.bot.sql.parsing import (
    NOT_READABLE,
    SLIPS,
    TOO_DEEP,
    NotSqlError,
    parse,
    tokenize,
)
from tunesmith.bot.sql.safety import system_tables, tree_danger
from tunesmith.bot.sql.table_answer import (
    compare_answer,
    is_table_answer,
    read_table,
    table_danger,
)
from tunesmith.bot.sql.table_comparison import TableComparison
from tunesmith.bot.sql.writes import resolve_statement

# Characters.
_LONGEST_ANSWER = 200_000
# Characters; DuckDB takes seconds to plan what nobody has an opinion on anyway.
_LONGEST_OPINION = 5_000


class Verdict(StrEnum):
    """The verdict on a checked statement."""

    VALID = "valid"
    UNKNOWN_NAMES = "unknown_names"
    AMBIGUOUS = "ambiguous"
    SYNTAX_ERROR = "syntax_error"
    UNSAFE = "unsafe"
    NO_SQL = "no_sql"


class Check(BaseModel):
    """What was found in one statement or answer.

    Names stand as the statement writes them. `suggestions` holds the closest real names for each
    unknown or ambiguous one; `message` is one plain sentence or more for a colleague; `warnings`
    hold what did not decide the verdict, both in English; `said` and `warned` hold the same as
    messages. `used` are the schema's tables that it reads, `comparison` is there for a
    `CREATE TABLE` answer.
    """

    model_config = ConfigDict(extra="forbid")

    said: list[Message] = Field(exclude=True)
    warned: list[Message] = Field(default_factory=list[Message], exclude=True)
    used: list[str] = Field(default_factory=list[str], exclude=True)

    verdict: Verdict
    unknown_tables: list[str] = Field(default_factory=list[str])
    unknown_columns: list[str] = Field(default_factory=list[str])
    ambiguous: list[str] = Field(default_factory=list[str])
    suggestions: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    sql: str | None = None
    comparison: TableComparison | None = None

    @computed_field
    @property
    def message(self) -> str:
        """What was found, in plain English sentences."""
        return text_for("en")(self.told)

    @computed_field
    @property
    def warnings(self) -> list[str]:
        """What did not decide the verdict, in English."""
        return [text_for("en")(warning) for warning in self.warned]

    def told_first(self, most: int) -> list[Message]:
        """The first `most` sentences on what was found, and how many names there are besides."""
        if len(self.said) <= most:
            return self.said
        names = len(self.unknown_tables) + len(self.unknown_columns) + len(self.ambiguous)
        about_names = most - (self.verdict in (Verdict.UNSAFE, Verdict.SYNTAX_ERROR))
        return [*self.said[:most], say("sql.more", count=names - about_names)]

    @property
    def told(self) -> Message:
        """What was found, as one message."""
        return reduce(lambda told, one: say("sql.then", first=told, second=one), self.said)


def check_sql(
    sql: str, schema: Schema, *, dialect: Dialect | None = None, second_opinion: bool = True
) -> Check:
    """Check one statement; `dialect` is the schema's own unless given. Never raises on any text.

    `second_opinion` asks DuckDB, where it is installed, about a valid statement as well; leave it
    out where the statement is going to be executed anyway. It takes processor time (milliseconds
    for an ordinary statement): call it in a thread where an event loop runs.
    """
    index = TableIndex(schema, (dialect or schema.dialect).profile)
    sql = sql.strip()
    danger = character_danger(sql)
    try:
        tokens = tokenize(sql, index.dialect)
        if not tokens:
            return Check(verdict=Verdict.NO_SQL, said=[say("sql.no_sql")], sql=sql)
        if is_table_answer(tokens):
            return _check_table(sql, tokens, index, danger or table_danger(tokens))
        danger = danger or token_danger(sql, tokens, index.dialect)
        return _check_tree(sql, tokens, index, danger, second_opinion=second_opinion)
    except NotSqlError as error:
        problem = error.problem
    except RecursionError:
        problem = TOO_DEEP
    except SLIPS:
        problem = NOT_READABLE
    if danger:
        return Check(verdict=Verdict.UNSAFE, said=[wording.unsafe(danger)], sql=sql)
    said = [wording.not_sql(problem, index.dialect)]
    return Check(verdict=Verdict.SYNTAX_ERROR, said=said, sql=sql)


def check_answer(text: str, schema: Schema) -> Check:
    """Check the SQL in a model's answer, taken out of fences and prose; the worst of several.

    Like `check_sql`, to be called in a thread where an event loop runs.
    """
    if len(text) > _LONGEST_ANSWER:
        said = [say("sql.answer_too_long", most=_LONGEST_ANSWER)]
        return Check(verdict=Verdict.SYNTAX_ERROR, said=said)
    if text.lstrip().startswith("CREATE TABLE"):
        # Remarks behind its columns read like prose: a semicolon in one does not end it.
        whole = check_sql(text, schema)
        if whole.verdict is Verdict.VALID:
            return whole
    checks = [check_sql(sql, schema) for sql in extract_sql(text, schema.dialect.profile)]
    if not checks:
        return Check(verdict=Verdict.NO_SQL, said=[say("sql.no_sql_in_answer")])
    return next((check for check in checks if check.verdict is not Verdict.VALID), checks[0])


def _check_tree(
    sql: str,
    tokens: list[Token],
    index: TableIndex,
    danger: Message | None,
    *,
    second_opinion: bool,
) -> Check:
    if danger and not has_names(tokens):
        raise NotSqlError(say("sql.names_not_read"))
    tree = parse(sql, tokens, index.dialect)
    danger = danger or tree_danger(tree, sql, index.dialect)
    findings = resolve_statement(tree, Resolver(index, sql))
    foreign = foreign_syntax(tree, tokens, sql, index.dialect)
    findings.warnings += missing_functions(tree, sql, index.dialect)
    check = _verdict(sql, index, findings, danger, foreign)
    if check.verdict is Verdict.VALID and second_opinion and len(sql) <= _LONGEST_OPINION:
        used = [entry.table for entry in index.entries if entry.table.name in findings.used]
        objection = duckdb_objection(tree, used, index.dialect)
        check.warned += [objection] if objection else []
    return check


def _verdict(
    sql: str, index: TableIndex, findings: Findings, danger: Message | None, foreign: Feature | None
) -> Check:
    system = system_tables(name for name, why in findings.tables.items() if why is None)
    if system and not danger:
        danger = say("sql.catalogue", name=system[0])
    suggestions = wording.suggestions(findings, index)
    said = wording.sentences(findings, suggestions, index.dialect)
    if danger:
        verdict, said = Verdict.UNSAFE, [wording.unsafe(danger), *said]
    elif foreign:
        verdict = Verdict.SYNTAX_ERROR
        said = [wording.not_in_dialect(foreign, index.dialect), *said]
    elif findings.tables or findings.columns:
        verdict = Verdict.UNKNOWN_NAMES
    elif findings.ambiguous:
        verdict = Verdict.AMBIGUOUS
    else:
        verdict, said = Verdict.VALID, [say("sql.valid")]
    return Check(
        verdict=verdict,
        unknown_tables=list(findings.tables),
        unknown_columns=list(findings.columns),
        ambiguous=list(findings.ambiguous),
        suggestions=suggestions,
        said=said,
        warned=findings.warnings,
        used=sorted(findings.used),
        sql=sql,
    )


def _check_table(sql: str, tokens: list[Token], index: TableIndex, danger: Message | None) -> Check:
    """A CREATE TABLE answer: invented columns are unknown names, the rest is told."""
    if danger:
        return Check(verdict=Verdict.UNSAFE, said=[wording.unsafe(danger)], sql=sql)
    read = read_table(sql, tokens, index.dialect)
    if read is None:
        said = [wording.not_sql(say("sql.table_unreadable"), index.dialect)]
        return Check(verdict=Verdict.SYNTAX_ERROR, said=said, sql=sql)
    answer, whole = read
    comparison = compare_answer(answer, index)
    if isinstance(comparison, list):
        return Check(
            verdict=Verdict.UNKNOWN_NAMES,
            unknown_tables=[answer.name],
            suggestions={answer.name: comparison},
            said=[wording.unknown_table(answer.name, comparison)],
            sql=sql,
        )
    real = next(e.table.columns for e in index.entries if e.table.name == comparison.table)
    described = {column.name: column.described for column in real}
    said = [wording.compared(comparison)]
    if not whole:
        said.append(wording.not_sql(say("sql.table_broken"), index.dialect))
    verdict = Verdict.VALID if whole else Verdict.SYNTAX_ERROR
    if comparison.invented:
        verdict = Verdict.UNKNOWN_NAMES
    return Check(
        verdict=verdict,
        unknown_columns=comparison.invented,
        suggestions={name: closest(name, described) for name in comparison.invented},
        said=said,
        sql=sql,
        comparison=comparison,
    )
