"""A DDL file: what is in it, the training set made of it, and answers checked against it."""

import json
from dataclasses import dataclass

from tunesmith.bot.ddl import Summary
from tunesmith.bot.providers.catalogue import BaseModelEntry
from tunesmith.bot.sql import Check, Verdict
from tunesmith.bot.text2sql import LANGUAGES, Coverage, Reworded
from tunesmith.bot.text2sql.paraphrase import MOST, PROMPT_TOKENS, REPLY_TOKENS
from tunesmith.handlers.blocks.parts import (
    Block,
    actions,
    button,
    context,
    fields,
    number,
    percent,
    plain,
    section,
)
from tunesmith.handlers.text import Text, escape, shorten

WRITE = "write_training_set"
SUBMIT = "training_set_form"
LANGUAGE, PAIRS, REWORD = "languages", "pairs", "reword"

_MOST_TABLES = 12
_MOST_UNPARSED = 5
_ICONS = {
    Verdict.VALID: ":white_check_mark:",
    Verdict.UNSAFE: ":no_entry_sign:",
    Verdict.SYNTAX_ERROR: ":x:",
}


def schema_text(text: Text, name: str, summary: Summary) -> str:
    """What a DDL file holds, in one plain sentence."""
    return text(
        "schema.plain",
        name=escape(name),
        tables=number(len(summary.tables)),
        columns=number(summary.columns),
    )


def schema_blocks(
    text: Text, name: str, summary: Summary, value: str, *, second_opinion: bool
) -> list[Block]:
    """The card of a DDL file, with a button that carries `value` to the form.

    `second_opinion` is whether this bot can ask DuckDB about answers; the card says it if not.
    """
    figures = [
        text("schema.dialect", value=summary.dialect.label, confidence=percent(summary.confidence)),
        text("schema.tables", value=number(len(summary.tables)), views=number(len(summary.views))),
        text("schema.columns", value=number(summary.columns), keys=number(summary.primary_keys)),
        text("schema.comments", value=number(summary.described_columns)),
        text(
            "schema.relations",
            declared=number(len(summary.declared)),
            inferred=number(len(summary.inferred)),
        ),
        text("schema.codes", value=number(len(summary.code_lists))),
    ]
    blocks = [
        section(text("schema.title", name=escape(name))),
        fields(figures),
        section(_tables(text, summary)),
    ]
    if summary.unparsed:
        blocks.append(section(_unparsed(text, summary)))
    blocks.append(actions(button(text("schema.write"), WRITE, value, style="primary")))
    blocks.append(context(text("schema.write_hint")))
    if not second_opinion:
        blocks.append(context(text("schema.no_second_opinion")))
    return blocks


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A chat model that could reword questions: its provider's name and title, and its prices."""

    provider: str
    title: str
    entry: BaseModelEntry


def form(text: Text, value: str, spoken: str, models: list[ChatModel]) -> Block:
    """The modal behind the button: languages (`spoken` is set at first) and the most pairs.

    Where there are `models`, one may be chosen to reword questions; none is at first.
    """
    options = [
        {"text": plain(text(f"schema.language_{language}")), "value": language}
        for language in LANGUAGES
    ]
    return {
        "type": "modal",
        "callback_id": SUBMIT,
        "title": plain(text("schema.form_title")),
        "submit": plain(text("schema.form_submit")),
        "close": plain(text("job.form_close")),
        "private_metadata": value,
        "blocks": [
            {
                "type": "input",
                "block_id": LANGUAGE,
                "label": plain(text("schema.form_languages")),
                "element": {
                    "type": "checkboxes",
                    "action_id": LANGUAGE,
                    "options": options,
                    "initial_options": [o for o in options if o["value"] == spoken],
                },
            },
            {
                "type": "input",
                "block_id": PAIRS,
                "optional": True,
                "label": plain(text("schema.form_pairs")),
                "hint": plain(text("schema.form_pairs_hint")),
                "element": {
                    "type": "number_input",
                    "action_id": PAIRS,
                    "is_decimal_allowed": False,
                    "min_value": "50",
                },
            },
            *([_rewording(text, models)] if models else []),
        ],
    }


def _rewording(text: Text, models: list[ChatModel]) -> Block:
    options = [
        {
            "text": plain(shorten(f"{one.title} · {one.entry.name} · {_cost(text, one)}", 75)),
            "value": f"{one.provider}/{one.entry.name}",
        }
        for one in models
    ]
    return {
        "type": "input",
        "block_id": REWORD,
        "optional": True,
        "label": plain(text("schema.form_reword")),
        "hint": plain(text("schema.form_reword_hint", requests=MOST)),
        "element": {"type": "static_select", "action_id": REWORD, "options": options[:100]},
    }


def _cost(text: Text, model: ChatModel) -> str:
    """About what the most requests cost, by the catalogue's prices for a million tokens."""
    read, written = model.entry.input_usd, model.entry.output_usd
    if read is None or written is None:
        return text("job.form_cost_unknown")
    usd = MOST * (PROMPT_TOKENS * read + REPLY_TOKENS * written) / 1_000_000
    return text("schema.form_reword_cost", usd=f"{usd:.2f}")


def coverage_text(text: Text, card: Coverage) -> str:
    """What a training set covers, in one plain sentence."""
    return text(
        "schema.set_plain",
        pairs=number(card.pairs),
        train=number(card.train),
        valid=number(card.valid),
    )


def coverage_blocks(text: Text, card: Coverage) -> list[Block]:
    """The coverage card, with what a model tuned on the set can be trusted with."""
    asked = {
        "columns": (card.columns_asked, card.columns),
        "tables": (card.tables_asked, card.tables),
        "relations": (card.relations_asked, card.relations),
        "codes": (card.code_values_asked, card.code_values),
    }
    figures = [
        *(text(f"schema.set_{of}", asked=number(n), all=number(m)) for of, (n, m) in asked.items()),
        text("schema.set_negatives", share=percent(card.negatives_share)),
        text("schema.set_clean", contradictions=card.contradictions, leakage=card.leakage),
    ]
    blocks = [section(coverage_text(text, card)), fields(figures)]
    totals = [
        f"{text(f'schema.intent_{intent}')} {number(sum(counts.values()))}"
        for intent, counts in card.intents.items()
    ]
    blocks.append(context(text("schema.set_intents", intents=" · ".join(totals))))
    if card.columns_short:
        short = shorten(", ".join(card.columns_short), 600)
        blocks.append(context(text("schema.set_short", columns=escape(short))))
    if card.rejected:
        blocks.append(context(text("schema.set_rejected", reasons=_rejected(text, card))))
    blocks.append(section(text.escaping(escape)(card.trust)))
    return blocks


def reworded_block(text: Text, model: str, reworded: Reworded) -> Block:
    """What a chat model added to the set, or why it added nothing."""
    if reworded.refusal is not None:
        safely = text.escaping(escape)
        said = safely("schema.reworded_not", model=model, reason=reworded.refusal)
    else:
        said = text(
            "schema.reworded",
            model=escape(model),
            asked=number(reworded.asked),
            accepted=number(reworded.accepted),
        )
    return context(said)


def _rejected(text: Text, card: Coverage) -> str:
    """Why candidates were left out, and how many."""
    left = ((text(f"schema.left_{reason}"), n) for reason, n in card.rejected.items())
    return " · ".join(f"{why} {number(n)}" for why, n in left)


def check_blocks(text: Text, check: Check) -> list[Block]:
    """The verdict on an answer's SQL; nothing where there is no SQL in it."""
    if check.verdict is Verdict.NO_SQL:
        return []
    safely = text.escaping(escape)
    icon = _ICONS.get(check.verdict, ":warning:")
    said = [text(f"schema.verdict_{check.verdict.value}", icon=icon)]
    if check.verdict is not Verdict.VALID or check.comparison:
        said.append(safely(check.told))
    said += [safely(warning) for warning in check.warned]
    return [section("\n".join(said))]


def _tables(text: Text, summary: Summary) -> str:
    lines = [
        text(
            "schema.table_line",
            name=escape(table.name),
            columns=table.columns,
            comment=f" – {escape(table.described)}" if table.described else "",
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
            text=escape(shorten(piece.text, 120)).replace("`", "'"),
            reason=text.escaping(escape)(piece.reason),
        )
        for piece in summary.unparsed[:_MOST_UNPARSED]
    ]
    return "\n".join(lines)


def button_value(name: str, sha256: str, thread: str) -> str:
    """What the button carries: which file, and in which thread its training set belongs."""
    return json.dumps({"name": shorten(name, 200), "sha256": sha256, "thread": thread})
