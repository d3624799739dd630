"""Nothing that comes from a file, a person, a model or a provider mentions anybody."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.messages.catalogues import entries, texts
from tests.support.rows import dataset_row, job_row
from tests.support.slice import chat_line
from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.fix import Change, FixResult
from tunesmith.bot.datasets.inspection import inspect_sync
from tunesmith.bot.datasets.verdict import Selection
from tunesmith.bot.ddl import Summary
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.model import Unparsed
from tunesmith.bot.ddl.summary import TableLine
from tunesmith.bot.messages import LANGUAGES, Message, Text, say, text_for, to_stored
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.sql import Check, Verdict
from tunesmith.bot.text2sql import Coverage, Reworded
from tunesmith.handlers.answer.blocks import question_blocks, still_training
from tunesmith.handlers.answer.shown import shown, shown_half, shown_so_far
from tunesmith.handlers.answer.under import answer_buttons, small_print
from tunesmith.handlers.dataset import changes
from tunesmith.handlers.dataset.blocks import report_blocks, report_text
from tunesmith.handlers.home.blocks import Home, home_blocks
from tunesmith.handlers.job.approval import waiting_blocks
from tunesmith.handlers.job.blocks import progress_blocks, progress_text
from tunesmith.handlers.job.checkpoint_table import checkpoint_blocks, checkpoints_text
from tunesmith.handlers.job.result import Charts, result_blocks, result_text
from tunesmith.handlers.job.shown import Shown
from tunesmith.handlers.schema import blocks as schema
from tunesmith.handlers.slack.blocks import Block, markdown
from tunesmith.handlers.slack.mrkdwn import escape
from tunesmith.storage.answers import Answer
from tunesmith.storage.checkpoints import Checkpoint
from tunesmith.storage.jobs import Job, JobStatus
from tunesmith.storage.metrics import Metric
from tunesmith.storage.untold import Untold

_PIECES = (
    *("<!channel>", "<!here|x>", "<!everyone>", "<@U0WEI>", "<@W1|wei>", "<!subteam^S1|@ml>"),
    *("<#C0SECRET>", "@channel", "@here", "#general", "<", ">", "&", "|", "&lt;", "&amp;", "&#60;"),
    *("!channel>", "@U0WEI>", "\n", "\n```\n", "`", "](", "<https://a.io|", "[a](<@U0WEI>)"),
    *("SELECT 1", "{0}", "{user}", "a", "한", "中"),
)
_hostile = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=4).map("".join)

# What Slack makes of `<...>` (docs.slack.dev, "Formatting message text"), and, where a text object
# is not verbatim, of plain words (the same page, "Automatic parsing").
_TOKEN = re.compile(r"<([@!#][^<>]*)>")
_WORD = re.compile(r"@(?:channel|here|everyone)\b|#[\w-]+")

Said = tuple[str, list[Block]]


def _mentions(said: Said) -> list[str]:
    """Everybody and every channel that a message mentions."""
    words, blocks = said
    return [*_TOKEN.findall(words), *(found for part in _parts(blocks) for found in part)]


def _parts(value: Any) -> Iterator[list[str]]:
    if isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from _parts(each)
    elif isinstance(value, dict):
        block = cast("dict[str, Any]", value)
        if block.get("type") in {"mrkdwn", "markdown"}:
            yield _TOKEN.findall(block["text"])
            if block["type"] == "mrkdwn" and not block.get("verbatim"):
                yield _WORD.findall(block["text"])
        else:
            for each in block.values():
                yield from _parts(each)


@settings(max_examples=25)
@given(language=st.sampled_from(sorted(LANGUAGES)), value=_hostile)
def test_no_value_of_any_message_mentions_anybody(language: str, value: str) -> None:
    text = text_for(language).escaping(escape)
    for key, entry in entries(language).items():
        counted = entry["of"] if isinstance(entry, dict) else None
        words = " ".join(texts(entry))  # which plural form is said, the language decides
        values, ours = _values(words, value, counted), _values(words, "x", counted)
        assert _TOKEN.findall(text(key, **values)) == _TOKEN.findall(text(key, **ours)), key
        inner = text("common.as_is", text=Message(key, values))
        assert _TOKEN.findall(inner) == _TOKEN.findall(text(key, **ours)), key


# Ids and links that Slack gives stand in mentions and links of ours.
_SLACKS = re.compile(r"<[@#]?\{(\w+)\}")
_PLACEHOLDER = re.compile(r"(?<!\{)\{(\w+)(?::(\w+))?\}")
_FORMATTED: dict[str, Any] = {"date": "2026-01-02", "percent": 0.5}


def _values(words: str, value: str, counted: str | None) -> dict[str, Any]:
    slacks = set(_SLACKS.findall(words))
    made: dict[str, Any] = {counted: 2} if counted else {}
    for name, how in _PLACEHOLDER.findall(words):
        if name in slacks:
            made[name] = "U0ALICE"
        elif how in {"names", "or"}:
            made[name] = [value, value]
        elif how:
            made[name] = _FORMATTED.get(how, 1)
        elif name not in made:
            made[name] = value
    return made


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report on a file with several defects."""
    folder: Path = tmp_path_factory.mktemp("report")
    lines = [chat_line(f"{n}?", f"Yes, {n}.") for n in range(12)]
    lines[3], lines[5:7] = "{", ['{"messages": [1]}', '{"messages": []}']
    path = folder / "a.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return inspect_sync(path, name="a.jsonl", selection=Selection(load_catalogue()))


@settings(max_examples=25)
@given(language=st.sampled_from(sorted(LANGUAGES)), value=_hostile)
def test_no_message_built_of_blocks_mentions_anybody_but_whom_it_means(
    report: Report, language: str, value: str
) -> None:
    text = text_for(language).escaping(escape)
    for build in (_dataset, _job, _schema, _answer, _home):
        hostile, ours = build(text, report, value), build(text, report, "x")
        for one, other in zip(hostile, ours, strict=True):
            assert _mentions(one) == _mentions(other)


_SAID = ("message", "hint")


def _with(message: Message, value: str) -> Message:
    said = {name: value if isinstance(was, str) else was for name, was in message.values.items()}
    return Message(message.key, said)


def _dataset(text: Text, report: Report, value: str) -> list[Said]:
    found = [
        one.model_copy(update={name: _with(getattr(one, name), value) for name in _SAID})
        for one in report.findings
    ]
    of_file = report.model_copy(update={"name": value, "findings": found})
    blocks = report_blocks(
        text,
        of_file,
        "d",
        titles=dict.fromkeys(load_catalogue().providers, value),
        copy=None,
        budget=None,
        can_split=True,
        notices=[say("common.as_is", text=value)],
    )
    change = Change(line=1, codes=["blank_line"], before=value, after=value)
    fixed = FixResult(name=value, counts={"blank_line": 1}, changes=[change], changed=1)
    return [
        (report_text(text, of_file), blocks),
        (changes.preview_text(text, value, fixed, {}), []),
        ("", changes.preview_blocks(text, value, "d", fixed, {"exact_duplicate": 2})),
        (changes.fixed_text(text, value, fixed), changes.fixed_blocks(text, value, fixed)),
    ]


def _a_job(value: str, status: JobStatus) -> Job:
    return job_row(
        dataset_row(),
        "J1",
        base_model=value,
        hyperparameters={"n_epochs": 2},
        suffix=value,
        status=status,
        fine_tuned_model=value,
        error=to_stored(say("common.as_is", text=value)),
        cancelled_by="U0BEN",
        cancel_refused=to_stored(say("common.as_is", text=value)),
        estimated_usd=Decimal(3),
    )


def _job(text: Text, _: Report, value: str) -> list[Said]:
    said: list[Said] = []
    provider = load_catalogue().providers["local"].model_copy(update={"title": value})
    steps = [Metric("J1", step, 2, 1.0, 0.5, 1.0, 0.5) for step in (1, 2)]
    for status in (*JobStatus, JobStatus(value)):
        shown_job = Shown(
            _a_job(value, status),
            value,
            steps,
            silent=(value, 60),
            undeployed=say("common.as_is", text=value),
            lineage=say("common.as_is", text=value),
            checkpoints=[Checkpoint("J1", step, value, valid_loss=1.0) for step in (1, 2)],
        )
        said.append((progress_text(text, shown_job), progress_blocks(text, shown_job)))
        if status.is_final:
            result = result_blocks(text, shown_job, Charts(native=True, picture="F1"))
            said.append((result_text(text, shown_job), result))
        table = checkpoint_blocks(text, shown_job, provider)
        said.append((checkpoints_text(text, shown_job), table))
    waiting = _a_job(value, JobStatus.AWAITING_APPROVAL)
    return [*said, ("", waiting_blocks(text, [(waiting, value)]))]


def _schema(text: Text, _: Report, value: str) -> list[Said]:
    line = TableLine(value, 3, value, is_view=False)
    reason = say("common.as_is", text=value)
    summary = Summary(
        Dialect.MYSQL, 0.9, "utf-8", [line], [], 0, 3, 1, 1, 1, [], [], [], [value],
        unparsed=[Unparsed(line=1, text=value, reason=reason)],
    )  # fmt: skip
    carried = schema.Button(name=value, sha256="0" * 64, thread="1.0")
    card = Coverage(
        pairs=1, train=1, valid=0, languages=["en"], tables=1, tables_asked=1, columns=2,
        columns_asked=1, columns_short=[value, value], relations=0, relations_asked=0,
        code_values=0, code_values_asked=0, intents={}, rejected={}, contradictions=0, leakage=0,
        negatives=0, negatives_share=0.0, with_schema=1,
    )  # fmt: skip
    check = Check(said=[reason], warned=[reason], verdict=Verdict.SYNTAX_ERROR, sql=value)
    reworded = Reworded(asked=2, accepted=0, refusal=reason)
    blocks = schema.schema_blocks(text, value, summary, carried, second_opinion=False)
    return [
        (schema.schema_text(text, value, summary), blocks),
        (schema.coverage_text(text, card), schema.coverage_blocks(text, card)),
        ("", [schema.reworded_block(text, value, reworded)]),
        ("", schema.check_blocks(text, check)),
    ]


def _answer(text: Text, _: Report, value: str) -> list[Said]:
    running, ended = (_a_job(value, status) for status in (JobStatus.RUNNING, JobStatus.SUCCEEDED))
    ways: list[Callable[..., str]] = [shown, shown_so_far, shown_half]
    answers = [way(value, sql=sql) for way in ways for sql in (True, False)]
    return [
        ("", question_blocks(text, value, value, value)),
        still_training(text, running, ended),
        ("", [small_print(text, value, Answer(value, value, 1.0, value))]),
        ("", answer_buttons(text, Answer(value, value, 1.0, value))),
        *((answer, [markdown(answer)]) for answer in answers),
    ]


def _home(text: Text, _: Report, value: str) -> list[Said]:
    reason = to_stored(say("common.as_is", text=value))
    untold = [Untold(value, None, "C0TUNING", reason, reason, 1.0)]
    untold.append(Untold(None, value, None, reason, None, 1.0))
    notices = [say("common.as_is", text=value)]
    return [("", home_blocks(text, Home(untold=untold, notices=notices)))]
