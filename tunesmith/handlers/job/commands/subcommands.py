"""The table of subcommands, from which help, suggestions and the manifest's usage hint come."""

import difflib
import re

from tunesmith.bot.messages import Message, Text, say
from tunesmith.handlers.comparison import commands as comparison
from tunesmith.handlers.evaluation import commands as evaluation
from tunesmith.handlers.evaluation import model_card
from tunesmith.handlers.job.commands import (
    accounts,
    corrections,
    inquiry,
    listing,
    models,
    moving,
    providers,
    start,
    steering,
)
from tunesmith.handlers.job.commands.subcommand import Asked, Subcommand
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.replies import Reply, plain_reply
from tunesmith.handlers.slack.thread import ThreadRef

_NAMED = re.compile(r"\b(?:job|model|file|question|name)\b")
"""What people put something of their own in the place of."""


async def reply(context: Context, text: Text, team: str, ref: ThreadRef, said: str) -> Reply:
    """The reply to what stands behind `/tune`; help where nothing does. Raises UserError."""
    word, _, rest = said.strip().partition(" ")
    subcommand = _BY_WORD.get(word.lower() or "help")
    if subcommand is not None:
        return await subcommand.answer(Asked(context, text, team, ref, rest.strip()))
    words = text("command.unknown", word=word)
    close = difflib.get_close_matches(word.lower(), _BY_WORD, n=1)
    if close:
        words += " " + text("command.meant", guess=close[0])
    return plain_reply(words + "\n" + _help_text(text))


def is_subcommand(said: str) -> bool:
    """Whether what is written to the bot in a thread is a subcommand.

    Only a word alone, or with the id of a job or a model's name behind it, is one: "status of my
    order?" is a question.
    """
    word, _, rest = said.strip().partition(" ")
    subcommand = _BY_WORD.get(word.lower())
    if subcommand is None or not subcommand.in_thread:
        return False
    return not rest or _NAME.fullmatch(rest) is not None


def is_slow(said: str) -> bool:
    """Whether what stands behind `/tune` asks a provider."""
    subcommand = _BY_WORD.get(said.strip().partition(" ")[0].lower())
    return subcommand is not None and subcommand.slow


def usage_hint() -> str:
    """What Slack shows behind `/tune` while it is typed."""
    return " | ".join(f"{row.word} {row.takes}".strip() for row in SUBCOMMANDS)


def help_reply(text: Text) -> Reply:
    """What the bot can do."""
    return plain_reply(_help_text(text))


def _help_text(text: Text) -> str:
    lines = [text("command.help_files")]
    lines += [
        text(
            "command.help_line",
            usage=f"/tune {row.word} {_takes(text, row)}".strip(),
            does=_does(row),
        )
        for row in SUBCOMMANDS
    ]
    words = [f"`{row.word}`" for row in SUBCOMMANDS if row.in_thread]
    return "\n".join([*lines, text("command.help_ask"), text("command.help_mention", words=words)])


def _takes(text: Text, row: Subcommand) -> str:
    """What may stand behind a subcommand, in the reader's words but for what is typed as it is."""
    return _NAMED.sub(lambda found: text(f"command.word_{found[0]}"), row.takes)


def _does(row: Subcommand) -> Message:
    return say(f"command.help_{row.word}")


async def _help(asked: Asked) -> Reply:
    return help_reply(asked.text)


SUBCOMMANDS = (
    Subcommand("start", start.start, takes="[file]"),
    Subcommand("jobs", listing.jobs),
    Subcommand("status", listing.status, takes="[job]"),
    Subcommand("cancel", steering.cancel, takes="[job]"),
    Subcommand("pause", steering.pause, takes="[job]"),
    Subcommand("resume", steering.resume, takes="[job]"),
    Subcommand("events", inquiry.events, takes="[job]", slow=True),
    Subcommand("results", inquiry.results, takes="[job]"),
    Subcommand("checkpoints", inquiry.checkpoints, takes="[job]"),
    Subcommand("models", models.models, takes="[model]"),
    Subcommand("model", model_card.model, takes="[model]"),
    Subcommand(
        "compare", comparison.compare, takes="[model model] question | results", in_thread=False
    ),
    Subcommand("eval", evaluation.evaluate, takes="[model] [file]"),
    Subcommand("replay", evaluation.replay, takes="[model]"),
    Subcommand("corrections", corrections.corrections, takes="[train]"),
    Subcommand("delete", models.delete, takes="[model | file]"),
    Subcommand("move", moving.move, takes="[model]"),
    Subcommand("providers", providers.providers, takes="[name]"),
    Subcommand("deployment", providers.deployment, takes="job name", in_thread=False),
    Subcommand("log", accounts.log, takes="[job]", in_thread=False),
    Subcommand("budget", accounts.budget, in_thread=False),
    Subcommand("help", _help),
)
_NAME = re.compile(r"`?\w+(?:[:./-]+\w+)*`?")
_BY_WORD = {row.word: row for row in SUBCOMMANDS}
