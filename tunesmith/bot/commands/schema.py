"""`tunesmith schema`: what a DDL file holds, and what of it was not understood."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunesmith.bot.schemas.model import Dialect

if TYPE_CHECKING:
    from tunesmith.bot.schemas import Schema, Summary
    from tunesmith.bot.schemas.summary import TableLine


def schema(
    file: Annotated[Path, typer.Argument(help="The DDL: a dump, or a script that makes tables.")],
    dialect: Annotated[
        Dialect | None, typer.Option(help="The dialect of the file; detected if not given.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="The whole schema as JSON, for other programs.")
    ] = False,
) -> None:
    """Read a DDL file and say what is in it; exit 2 where it holds no DDL."""
    from tunesmith.bot.schemas import parse_file, summarise  # noqa: PLC0415 - as in run

    read = parse_file(file, dialect=dialect)
    typer.echo(_as_json(read) if as_json else _as_text(summarise(read)))


def _as_json(read: "Schema") -> str:
    """The schema with its views apart from its tables."""
    import orjson  # noqa: PLC0415 - as in run

    document = read.model_dump(mode="json")
    tables = document["tables"]
    document["tables"] = [table for table in tables if not table["is_view"]]
    document["views"] = [table for table in tables if table["is_view"]]
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _as_text(summary: "Summary") -> str:
    lines = [
        f"{_TITLES[summary.dialect]} ({summary.confidence:.0%} sure), {summary.encoding}:"
        f" {len(summary.tables)} tables, {summary.columns} columns, {len(summary.views)} views",
        f"Primary keys: {summary.primary_keys}. Comments: {summary.described_tables} tables,"
        f" {summary.described_columns} columns. Relations: {len(summary.declared)} declared,"
        f" {len(summary.inferred)} told by names. Code lists: {len(summary.code_lists)}.",
    ]
    if summary.partitions:
        lines.append(f"Partitions, not listed: {summary.partitions}.")
    for title, tables in (("Tables", summary.tables), ("Views", summary.views)):
        if tables:
            lines += ["", f"{title}:"]
            lines += [_line(table) for table in tables]
    if summary.inferred:
        lines += ["", "Relations told by names:"]
        lines += [
            f"  {one.table}.{', '.join(one.columns)} → {one.target}.{', '.join(one.references)}"
            for one in summary.inferred
        ]
    if summary.code_lists:
        lines += ["", "Code lists:"]
        for one in summary.code_lists:
            codes = ", ".join(f"{code}={label}" for code, label in one.codes)
            lines.append(f"  {one.table}.{one.column}: {codes}")
    return "\n".join([*lines, *_left_out(summary)])


def _line(table: "TableLine") -> str:
    described = " ".join((table.described or "").split())
    return f"  {table.name} ({table.columns})  {described}".rstrip()


def _left_out(summary: "Summary") -> list[str]:
    """What is not in the schema, and why."""
    lines: list[str] = []
    if summary.absent:
        lines += ["", f"Referred to, but not in the file: {', '.join(summary.absent)}."]
    if summary.ignored:
        counts = ", ".join(f"{count} {verb}" for verb, count in summary.ignored.items())
        lines += ["", f"Says nothing of tables: {counts}."]
    if summary.unparsed:
        lines += ["", "Not understood:"]
        lines += [f"  line {one.line}: {one.reason}: {one.text}" for one in summary.unparsed]
    return lines


_TITLES = {
    Dialect.MYSQL: "MySQL",
    Dialect.POSTGRES: "PostgreSQL",
    Dialect.MSSQL: "SQL Server",
    Dialect.ORACLE: "Oracle",
    Dialect.SQLITE: "SQLite",
}
