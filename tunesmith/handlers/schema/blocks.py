"""A DDL file: what is in it, the training set made of it, and answers checked against it."""

from dataclasses import dataclass

from pydantic import BaseModel, Field

from tunesmith.bot.ddl import Summary
from tunesmith.bot.messages import Message, Rendered, Text, say
from tunesmith.bot.providers.catalogue import BaseModelEntry
from tunesmith.bot.sql import Check, Verdict
from tunesmith.bot.text2sql import LANGUAGES, Coverage, Reworded
from tunesmith.bot.text2sql.paraphrase import MOST, PROMPT_TOKENS, REPLY_TOKENS
from tunesmith.handlers.slack.blocks import (
    Block,
    actions,
    button,
    context,
    fields,
    section,
)
from tunesmith.handlers.slack.forms import form, input_block, option, select
from tunesmith.handlers.slack.mrkdwn import shorten

WRITE = "write_training_set"
SUBMIT = "training_set_form"
LANGUAGE, PAIRS, REWORD = "languages", "pairs", "reword"

_MOST_TABLES = 12
_MOST_UNPARSED = 5
_MOST_TOLD = 3
_VERDICT_ICONS = {
    Verdict.VALID: ":white_check_mark:",
    Verdict.UNSAFE: ":no_entry_sign:",
    Verdict.SYNTAX_ERROR: ":x:",
}


def schema_text(text: Text, name: str, summary: Summary) -> str:
    """What a DDL file holds, in one plain sentence."""
    return text(
        "schema.plain",
        name=name,
        tables=say("schema.count_tables", count=len(summary.tables)),
        columns=say("schema.count_columns", count=summary.columns),
    )


class Button(BaseModel):
    """What the button carries to its form: which file, and where its training set belongs.

    Who can name a file by its SHA-256 has the file.
    """

    name: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    thread: str
    channel: str | None = None


def schema_blocks(
    text: Text, name: str, summary: Summary, to_form: Button, *, second_opinion: bool
) -> list[Block]:
    """The card of a DDL file, with a button that carries `to_form`.

    `second_opinion` is whether this bot can ask DuckDB about answers; the card says it if not.
    """
    figures = [
        text("schema.dialect", value=summary.dialect.label, confidence=summary.confidence),
        text("schema.tables", count=len(summary.tables), views=len(summary.views)),
        text("schema.columns", count=summary.columns, keys=summary.primary_keys),
        text("schema.comments", count=summary.described_columns),
        text(
            "schema.relations",
            declared=len(summary.declared),
            inferred=len(summary.inferred),
        ),
        text("schema.codes", count=len(summary.code_lists)),
    ]
    blocks = [
        section(text("schema.title", name=name)),
        fields(figures),
        section(_tables(text, summary)),
    ]
    if summary.unparsed:
        blocks.append(section(_unparsed(text, summary)))
    value = _carried(to_form).model_dump_json()
    blocks.append(actions(button(text("schema.write"), WRITE, value, style="primary")))
    blocks.append(context(text("schema.write_hint")))
    if not second_opinion:
        blocks.append(context(text("schema.no_second_opinion")))
    return blocks


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A chat model that could reword questions: its provider's name and title, and its prices."""

    provider: str
    title: str | Message
    entry: BaseModelEntry


def training_set_form(text: Text, about: Button, models: list[ChatModel]) -> Block:
    """The modal behind the button: languages (the reader's is set at first) and the most pairs.

    Where there are `models`, one may be chosen to reword questions; none is at first.
    """
    options = [option(text(f"schema.language_{language}"), language) for language in LANGUAGES]
    languages: Block = {
        "type": "checkboxes",
        "options": options,
        "initial_options": [one for one in options if one["value"] == text.language],
    }
    pairs: Block = {"type": "number_input", "is_decimal_allowed": False, "min_value": "50"}
    hint = text("schema.form_pairs_hint")
    blocks = [
        input_block(LANGUAGE, text("schema.form_languages"), languages),
        input_block(PAIRS, text("schema.form_pairs"), pairs, hint=hint, optional=True),
        *([_rewording(text, models)] if models else []),
    ]
    title, submit = text("schema.form_title"), text("schema.form_submit")
    return form(text, SUBMIT, _carried(about), blocks, title=title, submit=submit)


def _rewording(text: Text, models: list[ChatModel]) -> Block:
    options = [option(text(_named(one)), f"{one.provider}/{one.entry.name}") for one in models]
    hint = text("schema.form_reword_hint", requests=MOST)
    return input_block(
        REWORD, text("schema.form_reword"), select(options), hint=hint, optional=True
    )


def _named(model: ChatModel) -> Message:
    return say(
        "schema.form_reword_model",
        provider=model.title,
        model=model.entry.name,
        cost=_cost(model),
    )


def _cost(model: ChatModel) -> Message:
    """About what the most requests cost, by the catalogue's prices for a million tokens."""
    read, written = model.entry.input_usd, model.entry.output_usd
    if read is None or written is None:
        return say("form.price_unknown")
    usd = MOST * (PROMPT_TOKENS * read + REPLY_TOKENS * written) / 1_000_000
    return say("schema.form_reword_cost", usd=usd)


def coverage_text(text: Text, card: Coverage) -> str:
    """What a training set covers, in one plain sentence."""
    return text(
        "schema.set_plain",
        pairs=say("schema.count_questions", count=card.pairs),
        train=card.train,
        valid=card.valid,
    )


def coverage_blocks(text: Text, card: Coverage) -> list[Block]:
    """The coverage card."""
    asked = {
        "columns": (card.columns_asked, card.columns),
        "tables": (card.tables_asked, card.tables),
        "relations": (card.relations_asked, card.relations),
        "codes": (card.code_values_asked, card.code_values),
    }
    figures = [
        *(text(f"schema.set_{of}", asked=n, all=m) for of, (n, m) in asked.items()),
        text("schema.set_negatives", share=card.negatives_share),
        text("schema.set_clean", contradictions=card.contradictions, leakage=card.leakage),
    ]
    blocks = [section(coverage_text(text, card)), fields(figures)]
    totals = [
        text("schema.intent", intent=say(f"schema.intent_{intent}"), count=sum(counts.values()))
        for intent, counts in card.intents.items()
    ]
    blocks.append(context(text("schema.set_intents", intents=Rendered(" · ".join(totals)))))
    if card.columns_short:
        short = shorten(", ".join(card.columns_short), 600)
        blocks.append(context(text("schema.set_short", columns=short)))
    if card.rejected:
        blocks.append(context(text("schema.set_rejected", reasons=Rendered(_rejected(text, card)))))
    blocks.append(section(text(card.trust)))
    return blocks


def reworded_block(text: Text, model: str, reworded: Reworded) -> Block:
    """What a chat model added to the set, or why it added nothing."""
    if reworded.refusal is not None:
        said = text("schema.reworded_not", model=model, reason=reworded.refusal)
    else:
        said = text(
            "schema.reworded",
            model=model,
            asked=reworded.asked,
            accepted=reworded.accepted,
        )
    return context(said)


def _rejected(text: Text, card: Coverage) -> str:
    """Why candidates were left out, and how many."""
    return " · ".join(
        text("schema.intent", intent=say(f"schema.left_{reason}"), count=count)
        for reason, count in card.rejected.items()
    )


def check_blocks(text: Text, check: Check) -> list[Block]:
    """The verdict on an answer's SQL, in one line; nothing where there is no SQL in it."""
    if check.verdict is Verdict.NO_SQL:
        return []
    icon = _VERDICT_ICONS.get(check.verdict, ":warning:")
    if check.verdict is Verdict.VALID and check.comparison is None:
        line = text("schema.verdict_valid", icon=icon)
    else:
        told = Rendered(" ".join(map(text, check.told_first(_MOST_TOLD))))
        line = text("schema.verdict", icon=icon, told=told)
    return [section(" ".join([line, *map(text, check.warned)]))]


def _tables(text: Text, summary: Summary) -> str:
    lines = [
        text(
            "schema.table_line_described" if table.described else "schema.table_line",
            name=table.name,
            columns=say("schema.count_columns", count=table.columns),
            comment=table.described,
        )
        for table in summary.tables[:_MOST_TABLES]
    ]
    if len(summary.tables) > _MOST_TABLES:
        lines.append(text("schema.tables_more", count=len(summary.tables) - _MOST_TABLES))
    return "\n".join(lines)


def _unparsed(text: Text, summary: Summary) -> str:
    lines = [text("schema.unparsed", count=len(summary.unparsed))]
    lines += [
        text(
            "schema.unparsed_line",
            line=piece.line,
            text=shorten(piece.text, 120).replace("`", "'"),
            reason=piece.reason,
        )
        for piece in summary.unparsed[:_MOST_UNPARSED]
    ]
    return "\n".join(lines)


def _carried(button: Button) -> Button:
    return button.model_copy(update={"name": shorten(button.name, 200)})
