"""`tunesmith schema`: what a DDL file holds, what was not understood, and a training set for it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunesmith.bot.cli.language import words
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.messages import say

if TYPE_CHECKING:
    from tunesmith.bot.ddl import Schema, Summary
    from tunesmith.bot.ddl.summary import TableLine
    from tunesmith.bot.text2sql import Coverage

_text = words()


def schema(
    file: Annotated[Path, typer.Argument(help=_text("cli.help.schema_file"))],
    *,
    dialect: Annotated[Dialect | None, typer.Option(help=_text("cli.help.schema_dialect"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_text("cli.help.schema_json"))] = False,
    dataset: Annotated[Path | None, typer.Option(help=_text("cli.help.schema_dataset"))] = None,
    languages: Annotated[str, typer.Option(help=_text("cli.help.schema_languages"))] = "en,zh,ko",
    seed: Annotated[int, typer.Option(help=_text("cli.help.schema_seed"))] = 0,
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
    text = words()
    lines = [
        text("cli.schema.pairs", pairs=card.pairs, train=card.train, valid=card.valid),
        text(
            "cli.schema.asked",
            columns_asked=card.columns_asked,
            columns=say("cli.schema.columns", count=card.columns),
            tables_asked=card.tables_asked,
            tables=say("cli.schema.tables", count=card.tables),
            relations_asked=card.relations_asked,
            relations=say("cli.schema.relations", count=card.relations),
            codes_asked=card.code_values_asked,
            codes=say("cli.schema.codes", count=card.code_values),
        ),
        text(
            "cli.schema.clean",
            negatives=card.negatives_share,
            with_schema=card.with_schema,
            contradictions=card.contradictions,
            leakage=card.leakage,
        ),
    ]
    if card.columns_short:
        lines += ["", text("cli.schema.short", columns=card.columns_short)]
    lines += ["", text("cli.schema.title_intents")]
    for intent, counts in card.intents.items():
        lines.append(f"  {intent}: " + ", ".join(f"{one} {n}" for one, n in counts.items()))
    if card.rejected:
        lines += ["", text("cli.schema.title_rejected")]
        lines += [f"  {n} {text(f'schema.left_{reason}')}" for reason, n in card.rejected.items()]
    return "\n".join([*lines, "", text(card.trust)])


def _as_json(read: "Schema") -> str:
    """The schema with its views apart from its tables."""
    import orjson  # noqa: PLC0415 - as in run

    document = read.model_dump(mode="json")
    tables = document["tables"]
    document["tables"] = [table for table in tables if not table["is_view"]]
    document["views"] = [table for table in tables if table["is_view"]]
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _as_text(summary: "Summary") -> str:
    text = words()
    lines = _figures(summary)
    if summary.partitions:
        lines.append(text("cli.schema.partitions", count=summary.partitions))
    for title, tables in (("tables", summary.tables), ("views", summary.views)):
        if tables:
            lines += ["", text(f"cli.schema.title_{title}"), *map(_line, tables)]
    if summary.inferred:
        lines += ["", text("cli.schema.title_inferred")]
        lines += [
            f"  {one.table}.{', '.join(one.columns)} → {one.target}.{', '.join(one.references)}"
            for one in summary.inferred
        ]
    if summary.code_lists:
        lines += ["", text("cli.schema.title_codes")]
        for one in summary.code_lists:
            codes = ", ".join(f"{code}={label}" for code, label in one.codes)
            lines.append(f"  {one.table}.{one.column}: {codes}")
    return "\n".join([*lines, *_left_out(summary)])


def _figures(summary: "Summary") -> list[str]:
    """The counts of a schema's parts."""
    text = words()
    return [
        text(
            "cli.schema.head",
            dialect=summary.dialect.label,
            confidence=summary.confidence,
            encoding=summary.encoding,
            tables=say("cli.schema.tables", count=len(summary.tables)),
            columns=say("cli.schema.columns", count=summary.columns),
            views=say("cli.schema.views", count=len(summary.views)),
        ),
        text(
            "cli.schema.figures",
            keys=summary.primary_keys,
            tables=say("cli.schema.tables", count=summary.described_tables),
            columns=say("cli.schema.columns", count=summary.described_columns),
            declared=len(summary.declared),
            inferred=len(summary.inferred),
            codes=len(summary.code_lists),
        ),
    ]


def _line(table: "TableLine") -> str:
    described = " ".join((table.described or "").split())
    return f"  {table.name} ({table.columns})  {described}".rstrip()


def _left_out(summary: "Summary") -> list[str]:
    """What is not in the schema, and why."""
    text = words()
    lines: list[str] = []
    if summary.absent:
        lines += ["", text("cli.schema.absent", names=summary.absent)]
    if summary.ignored:
        counts = [f"{count} {verb}" for verb, count in summary.ignored.items()]
        lines += ["", text("cli.schema.ignored", counts=counts)]
    if summary.unparsed:
        lines += ["", text("cli.schema.title_unparsed")]
        lines += [
            text("cli.schema.unparsed", line=one.line, reason=one.reason, text=one.text)
            for one in summary.unparsed
        ]
    return lines
