"""`tunesmith check-sql`: is every name in a statement, or in a model's answers, real?"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from tunesmith.bot.cli.language import words
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.messages import say

if TYPE_CHECKING:
    from tunesmith.bot.ddl import Schema
    from tunesmith.bot.sql import Check

_text = words()


def check_sql(
    schema: Annotated[Path, typer.Argument(help=_text("cli.help.check_sql_schema"))],
    dialect: Annotated[
        Dialect | None, typer.Option(help=_text("cli.help.check_sql_dialect"))
    ] = None,
    sql: Annotated[str | None, typer.Option(help=_text("cli.help.check_sql_sql"))] = None,
    jsonl: Annotated[Path | None, typer.Option(help=_text("cli.help.check_sql_jsonl"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_text("cli.help.check_sql_json"))] = False,
) -> None:
    """Check SQL against a schema; exit 1 where something is not valid, 2 where it can't be read."""
    if (sql is None) == (jsonl is None):
        raise typer.BadParameter(words()("cli.check.one_source"))
    from tunesmith.bot.ddl import parse_file  # noqa: PLC0415 - as in run
    from tunesmith.bot.extras import Extra, is_installed  # noqa: PLC0415
    from tunesmith.bot.sql import Verdict  # noqa: PLC0415

    known = parse_file(schema, dialect=dialect)
    checks = _of_rows(jsonl, known) if jsonl is not None else _of_statement(sql or "", known)
    counts: dict[str, int] = {}
    for number, check in checks:
        counts[check.verdict] = counts.get(check.verdict, 0) + 1
        typer.echo(_as_json(check) if as_json else _as_text(check, number))
    if jsonl is not None and not as_json:
        typer.echo(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    if counts.get(Verdict.VALID) and not is_installed(Extra.SQL):
        typer.echo(words()("cli.check.no_second_opinion"), err=True)
    if set(counts) - {Verdict.VALID}:
        raise typer.Exit(1)


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
        reason = error.strerror or ""
        raise DatasetError(say("cli.unreadable", name=path.name, reason=reason)) from error
    except orjson.JSONDecodeError as error:
        raise DatasetError(say("cli.check.not_json", name=path.name, line=number)) from error


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
    text = words()
    verdict = "cli.check.verdict" if number is None else "cli.check.verdict_line"
    mark = "✓" if check.verdict == "valid" else "✗"
    lines = [text(verdict, mark=mark, verdict=check.verdict, said=check.told, line=number)]
    lines += [text("cli.check.warning", said=warning) for warning in check.warned]
    for change in check.comparison.changed if check.comparison is not None else ():
        lines.append(
            text(
                "cli.check.changed",
                column=change.column,
                what=change.what,
                answer=change.answer_says or say("cli.check.not_given"),
                schema=change.schema_says or say("cli.check.nothing"),
            )
        )
    return "\n".join(lines)
