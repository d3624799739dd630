"""`tunesmith check-sql`: is every name in a statement, or in a model's answers, real?"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from tunesmith.bot.ddl.dialects import Dialect

if TYPE_CHECKING:
    from tunesmith.bot.ddl.model import Schema
    from tunesmith.bot.sql import Check


def check_sql(
    schema: Annotated[Path, typer.Argument(help="The DDL file that the SQL is about.")],
    dialect: Annotated[
        Dialect | None, typer.Option(help="The dialect of the file and of the SQL; detected.")
    ] = None,
    sql: Annotated[str | None, typer.Option(help="One statement.")] = None,
    jsonl: Annotated[
        Path | None,
        typer.Option(help="Rows with `sql`, a chat with an assistant's answer, or `completion`."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, for other programs.")
    ] = False,
) -> None:
    """Check SQL against a schema; exit 1 where something is not valid, 2 where it can't be read."""
    if (sql is None) == (jsonl is None):
        raise typer.BadParameter("Give either --sql or --jsonl.")
    from tunesmith.bot.cli.language import words  # noqa: PLC0415 - as in run
    from tunesmith.bot.extras import Extra, is_installed  # noqa: PLC0415
    from tunesmith.bot.sql import Verdict  # noqa: PLC0415

    known = _read_schema(schema, dialect)
    checks = _of_rows(jsonl, known) if jsonl is not None else _of_statement(sql or "", known)
    counts: dict[str, int] = {}
    for number, check in checks:
        counts[check.verdict] = counts.get(check.verdict, 0) + 1
        typer.echo(_as_json(check) if as_json else _as_text(check, number))
    if jsonl is not None and not as_json:
        typer.echo(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    if counts.get(Verdict.VALID) and not is_installed(Extra.SQL):
        typer.echo(words()("cli.no_second_opinion"), err=True)
    if set(counts) - {Verdict.VALID}:
        raise typer.Exit(1)


def _read_schema(path: Path, dialect: Dialect | None) -> "Schema":
    from tunesmith.bot.ddl import parse_file  # noqa: PLC0415 - as in run

    return parse_file(path, dialect=dialect)


def _of_statement(sql: str, schema: "Schema") -> "Iterator[tuple[int | None, Check]]":
    from tunesmith.bot.sql import check_sql as check  # noqa: PLC0415 - as in run

    yield None, check(sql, schema)


def _of_rows(path: Path, schema: "Schema") -> "Iterator[tuple[int | None, Check]]":
    import orjson  # noqa: PLC0415 - as in run

    from tunesmith.bot.errors import DatasetError  # noqa: PLC0415
    from tunesmith.bot.sql import check_answer  # noqa: PLC0415
    from tunesmith.bot.sql import check_sql as check  # noqa: PLC0415

    number = 0
    try:
        with path.open("rb") as rows:
            for number, line in enumerate(rows, 1):
                text = line.removeprefix(b"\xef\xbb\xbf").strip()
                if text:
                    sql, answer = _sql_of(orjson.loads(text))
                    yield number, check(sql, schema) if sql else check_answer(answer, schema)
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be read: {error.strerror}.") from error
    except orjson.JSONDecodeError as error:
        raise DatasetError(f"{path.name}, line {number}: this is not JSON.") from error


def _sql_of(row: object) -> tuple[str | None, str]:
    """A row's statement, or else the text of its answer, empty where it holds neither."""
    fields = cast("dict[str, object]", row) if isinstance(row, dict) else {}
    sql = fields.get("sql")
    if isinstance(sql, str):
        return sql, ""
    messages = fields.get("messages")
    for message in reversed(cast("list[object]", messages) if isinstance(messages, list) else []):
        said = cast("dict[str, object]", message) if isinstance(message, dict) else {}
        if said.get("role") == "assistant" and isinstance(said.get("content"), str):
            return None, str(said["content"])
    completion = fields.get("completion")
    return None, completion if isinstance(completion, str) else ""


def _as_json(check: "Check") -> str:
    return check.model_dump_json(exclude={"sql"})


def _as_text(check: "Check", number: int | None) -> str:
    mark = "✓" if check.verdict == "valid" else "✗"
    where = f"line {number}: " if number is not None else ""
    lines = [f"{mark} {where}{check.verdict}: {check.message}"]
    lines += [f"  warning: {warning}" for warning in check.warnings]
    if check.comparison is not None:
        lines += [
            f"  {change.column}: {change.what} is {change.answer_says or 'not given'}, "
            f"the schema says {change.schema_says or 'nothing'}"
            for change in check.comparison.changed
        ]
    return "\n".join(lines)
