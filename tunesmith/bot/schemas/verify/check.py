"""Check a model's SQL against the schema it was asked about."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field
from sqlglot import exp
from sqlglot.tokens import TokenType

from tunesmith.bot.schemas.model import Dialect, Schema
from tunesmith.bot.schemas.verify import wording
from tunesmith.bot.schemas.verify.catalog import Catalog
from tunesmith.bot.schemas.verify.ddl_diff import TableComparison
from tunesmith.bot.schemas.verify.findings import Findings
from tunesmith.bot.schemas.verify.grammar import foreign_syntax
from tunesmith.bot.schemas.verify.lexical import character_danger, token_danger
from tunesmith.bot.schemas.verify.malformed import malformed
from tunesmith.bot.schemas.verify.parsing import NotSqlError, parse, tokenize
from tunesmith.bot.schemas.verify.resolve import Resolver
from tunesmith.bot.schemas.verify.safety import system_tables, tree_danger
from tunesmith.bot.schemas.verify.writes import resolve_statement


class Verdict(StrEnum):
    """What a checked statement is worth."""

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
    hold what did not decide the verdict. `comparison` is there for a `CREATE TABLE` answer.
    """

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict
    unknown_tables: list[str] = Field(default_factory=list[str])
    unknown_columns: list[str] = Field(default_factory=list[str])
    ambiguous: list[str] = Field(default_factory=list[str])
    suggestions: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    message: str
    warnings: list[str] = Field(default_factory=list[str])
    sql: str | None = None
    comparison: TableComparison | None = None


def check_sql(sql: str, schema: Schema, *, dialect: Dialect | None = None) -> Check:
    """Check one statement; `dialect` is the schema's own unless given. Never raises on any text.

    It takes processor time (milliseconds for an ordinary statement): call it in a thread where
    an event loop runs.
    """
    dialect = dialect or schema.dialect
    sql = sql.strip()
    if not sql:
        return Check(verdict=Verdict.NO_SQL, message="There is no SQL in it.")
    danger = character_danger(sql[:100_001])
    tree: exp.Expr | None = None
    error: str | None = None
    try:
        tokens = tokenize(sql, dialect)
        if not tokens:
            return Check(verdict=Verdict.NO_SQL, message="There is no SQL in it.", sql=sql)
        danger = danger or token_danger(sql, tokens, dialect)
        while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
            tokens.pop()
        tree = parse(sql, tokens, dialect)
        error = malformed(tree, tokens, dialect)
        foreign = foreign_syntax(tree, tokens, sql, dialect)
        if foreign is not None and error is None:
            error = f"{wording.DIALECT_NAMES[dialect]} does not have {foreign.says}."
    except NotSqlError as problem:
        error = str(problem)
    findings = Findings()
    catalog = Catalog(schema, dialect)
    if tree is not None:
        danger = danger or tree_danger(tree, sql, dialect)
        try:
            findings = resolve_statement(tree, Resolver(catalog, sql))
        except RecursionError:
            error = "It is nested too deep to be read."
    return _verdict(sql, catalog, findings, danger, error)


def _verdict(
    sql: str, catalog: Catalog, findings: Findings, danger: str | None, error: str | None
) -> Check:
    system = system_tables(name for name, why in findings.tables.items() if why is None)
    if system and not danger:
        danger = f"it reads the database's own catalogue ({system[0]})"
    suggestions = wording.suggestions(findings, catalog)
    names = wording.sentences(findings, suggestions, catalog.dialect)
    if danger:
        verdict, message = Verdict.UNSAFE, " ".join([f"This was not run: {danger}.", *names])
    elif error:
        verdict, message = Verdict.SYNTAX_ERROR, wording.not_sql(error, catalog.dialect)
    elif findings.tables or findings.columns:
        verdict, message = Verdict.UNKNOWN_NAMES, " ".join(names)
    elif findings.ambiguous:
        verdict, message = Verdict.AMBIGUOUS, " ".join(names)
    else:
        verdict, message = Verdict.VALID, "Every table and column in it exists in the schema."
    return Check(
        verdict=verdict,
        unknown_tables=list(findings.tables),
        unknown_columns=list(findings.columns),
        ambiguous=list(findings.ambiguous),
        suggestions=suggestions,
        message=message,
        warnings=findings.warnings,
        sql=sql,
    )


def check_answer(text: str, schema: Schema) -> Check:
    """Check the SQL in a model's answer, taken out of fences and prose."""
    from tunesmith.bot.schemas.verify.extract import extract_sql

    found = extract_sql(text, schema.dialect)
    checks = [check_sql(sql, schema) for sql in found]
    if not checks:
        return Check(verdict=Verdict.NO_SQL, message="There is no SQL in the answer.")
    return next((check for check in checks if check.verdict is not Verdict.VALID), checks[0])
