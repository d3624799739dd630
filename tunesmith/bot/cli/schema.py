"""`tunesmith schema`: what a DDL file holds, what was not understood, and a training set for it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.messages import text_for

if TYPE_CHECKING:
    from tunesmith.bot.ddl import Schema, Summary
    from tunesmith.bot.ddl.summary import TableLine
    from tunesmith.bot.text2sql import Coverage


def schema(
    file: Annotated[Path, typer.Argument(help="The DDL: a dump, or a script that makes tables.")],
    *,
    dialect: Annotated[
        Dialect | None, typer.Option(help="The dialect of the file; detected if not given.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="The whole schema as JSON, for other programs.")
    ] = False,
    dataset: Annotated[
        Path | None,
        typer.Option(help="Write a training set into this folder, and print what it covers."),
    ] = None,
    languages: Annotated[
        str, typer.Option(help="The languages of its questions: en, zh, ko, with commas between.")
    ] = "en,zh,ko",
    seed: Annotated[int, typer.Option(help="The same seed gives the same training set.")] = 0,
) -> None:
    """Read a DDL file and say what is in it; exit 2 where it holds no DDL."""
    from tunesmith.bot.ddl import parse_file, summarise  # noqa: PLC0415 - as in run

    read = parse_file(file, dialect=dialect)
    if dataset is not None:
        _write_dataset(read, dataset, languages, seed, as_json=as_json)
        return
    typer.echo(_as_json(read) if as_json else _as_text(summarise(read)))


def _write_dataset(
    read: "Schema", folder: Path, languages: str, seed: int, *, as_json: bool
) -> None:
    from tunesmith.bot.text2sql import write_training_set  # noqa: PLC0415 - as in run

    spoken = [language.strip() for language in languages.split(",")]
    card = write_training_set(read, folder, languages=spoken, seed=seed)
    typer.echo(card.model_dump_json(indent=2) if as_json else _card_text(card))


def _card_text(card: "Coverage") -> str:
    say = text_for("en")
    lines = [
        f"{card.pairs} pairs: {card.train} in train.jsonl, {card.valid} in valid.jsonl.",
        f"Asked at least three times: {card.columns_asked} of {card.columns} columns."
        f" Asked: {card.tables_asked} of {card.tables} tables, {card.relations_asked} of"
        f" {card.relations} relations, {card.code_values_asked} of {card.code_values} code values.",
        f"Questions for columns that do not exist: {card.negatives_share:.1%}. With the schema in"
        f" the prompt: {card.with_schema}. Contradictions: {card.contradictions}. Leakage:"
        f" {card.leakage}.",
    ]
    if card.columns_short:
        lines += ["", f"Asked too rarely: {', '.join(card.columns_short)}."]
    lines += ["", "Pairs by intent:"]
    for intent, counts in card.intents.items():
        lines.append(f"  {intent}: " + ", ".join(f"{one} {n}" for one, n in counts.items()))
    if card.rejected:
        lines += ["", "Left out:"]
        lines += [f"  {n} {say(f'schema.left_{reason}')}" for reason, n in card.rejected.items()]
    return "\n".join([*lines, "", say(card.trust)])


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
        f"{summary.dialect.label} ({summary.confidence:.0%} sure), {summary.encoding}:"
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
        say = text_for("en")
        lines += [f"  line {one.line}: {say(one.reason)}: {one.text}" for one in summary.unparsed]
    return lines
