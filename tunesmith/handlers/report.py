"""A checked file's answer in its thread: the report, then what is attached to it.

Task kinds: `report` (one per checked file), then `findings` (attaches the complete list) and
`histogram` (draws how long the examples are), which leads to `picture` (attaches that).
"""

import asyncio
import tempfile
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.export import Labels, histogram, write_csv, write_json
from tunesmith.bot.jobs import budget
from tunesmith.bot.queue import Work
from tunesmith.handlers.blocks.parts import number, section
from tunesmith.handlers.blocks.report import Budget, report_blocks, report_text
from tunesmith.handlers.context import Context
from tunesmith.handlers.places import Place
from tunesmith.handlers.start import trainable
from tunesmith.handlers.text import Text, escape, text_for
from tunesmith.handlers.upload import upload
from tunesmith.storage import datasets, tasks
from tunesmith.storage.datasets import Dataset

# The lengths of fewer examples are told by the report's figures.
_HANDFUL = 20
# The provider wants ten to train on, and fewer than two say nothing.
_WORTH_A_SPLIT = 20


def register(context: Context) -> None:
    """Let the queue run this module's tasks."""

    async def run_report(work: Work) -> None:
        await _report(context, work)

    async def run_findings(work: Work) -> None:
        await _findings(context, work)

    async def run_histogram(work: Work) -> None:
        await _histogram(context, work)

    async def run_picture(work: Work) -> None:
        await _picture(context, work)

    queue = context.services.queue
    queue.handle("report", run_report, attempts=100, pace=1)
    queue.handle("findings", run_findings, attempts=100, pace=1)
    queue.handle("histogram", run_histogram)
    queue.handle("picture", run_picture, attempts=100, pace=1)


def findings_list(context: Context, dataset_id: str) -> Path:
    """Where the complete list of findings waits until it is attached."""
    return context.services.settings.files / f"{dataset_id}.findings.jsonl"


async def _report(context: Context, work: Work) -> None:
    said = work.task.payload
    place = Place(said["channel"], said["thread"], said["user"])
    text = await context.text(place.user)
    if "reason" in said:
        reason = await context.reason(place.user, said["reason"])
        words = text("dataset.file_unreadable", name=escape(said["name"]), reason=escape(reason))
        await context.outbox.put(work, work.task.key, place, words, [section(words)])
        return
    async with context.services.database.read() as connection:
        dataset = await datasets.get(connection, said["dataset_id"])
        assert dataset is not None
        twin = await datasets.twin(connection, dataset)
    report = Report.model_validate(dataset.report)
    blocks = report_blocks(
        text,
        report,
        dataset.id,
        titles=context.titles,
        twin=(twin.created_by, await _link(context, twin)) if twin else None,
        budget=await _budget(context, dataset.team, report),
        can_split=report.valid
        and report.examples >= _WORTH_A_SPLIT
        and dataset.validation_id is None,
    )
    await context.outbox.put(work, work.task.key, place, report_text(text, report), blocks)
    await _lead_on(work, dataset, report)


async def _lead_on(work: Work, dataset: Dataset, report: Report) -> None:
    """End the report's task with those of what is attached to it."""
    asked = {"dataset_id": dataset.id}
    async with work.finish() as connection:
        await tasks.add(
            connection,
            key=f"findings:{dataset.id}",
            kind="findings",
            payload=asked,
            # Where nothing was found it posts nothing, and the channel need not rest after it.
            lane=_place(dataset).lane if report.findings else None,
        )
        # Without a lane: nobody in the channel waits for a picture to be drawn.
        if report.examples > _HANDFUL:
            await tasks.add(
                connection, key=f"histogram:{dataset.id}", kind="histogram", payload=asked
            )


async def _budget(context: Context, team: str, report: Report) -> Budget | None:
    """The team's budget and what can be spent it on; None where it has none."""
    settings = context.services.settings
    async with context.services.database.read() as connection:
        left = await budget.left(connection, settings, team)
    if left is None or settings.monthly_budget_usd is None:
        return None
    return Budget(settings.monthly_budget_usd, left, trainable(context, report) or report.costs)


async def _findings(context: Context, work: Work) -> None:
    dataset = await context.dataset(work.task.payload["dataset_id"])
    listed = findings_list(context, dataset.id)
    report = Report.model_validate(dataset.report)
    # There is none where nothing was found, or where a try that broke off at its end attached it.
    if report.findings and await asyncio.to_thread(listed.exists):
        place = _place(dataset)
        text = await context.text(place.user)
        title = text("dataset.findings_title", name=dataset.name)
        name = f"{PurePath(dataset.name).stem}-{dataset.id[:6]}.findings"
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "findings"
            await asyncio.to_thread(write_csv, listed, out, text)
            await upload(context, work, place, name=f"{name}.csv", content=out, title=title)
            await asyncio.to_thread(write_json, report, listed, out)
            await upload(context, work, place, name=f"{name}.json", content=out, title=title)
    await asyncio.to_thread(listed.unlink, missing_ok=True)


async def _histogram(context: Context, work: Work) -> None:
    dataset = await context.dataset(work.task.payload["dataset_id"])
    tokens = Report.model_validate(dataset.report).tokens
    text = await context.text(dataset.created_by)
    labels = [_labels(words, tokens.encoding) for words in (text, text_for("en"))]
    png = await context.services.processes.run(partial(histogram, tokens, *labels))
    await asyncio.to_thread(_drawn(context, dataset).write_bytes, png)
    async with work.finish() as connection:
        await tasks.add(
            connection,
            key=f"picture:{dataset.id}",
            kind="picture",
            payload=work.task.payload,
            lane=_place(dataset).lane,
        )


def _labels(text: Text, encoding: str) -> Labels:
    return Labels(
        tokens=text("dataset.histogram_tokens", encoding=PurePath(encoding).stem),
        examples=text("dataset.histogram_examples"),
        median=text("dataset.histogram_median"),
        p95=text("dataset.histogram_p95"),
    )


async def _picture(context: Context, work: Work) -> None:
    dataset = await context.dataset(work.task.payload["dataset_id"])
    drawn = _drawn(context, dataset)
    if not await asyncio.to_thread(drawn.exists):
        return  # a try that broke off at its very end has attached it
    lengths = Report.model_validate(dataset.report).tokens.per_example
    text = await context.text(dataset.created_by)
    await upload(
        context,
        work,
        _place(dataset),
        name=f"tokens-{dataset.id}.png",
        content=drawn,
        title=text("dataset.histogram_title", name=dataset.name),
        alt=text(
            "dataset.histogram_alt",
            low=number(lengths.min),
            high=number(lengths.max),
            median=number(round(lengths.median)),
            p95=number(round(lengths.p95)),
        ),
    )
    await asyncio.to_thread(drawn.unlink, missing_ok=True)


def _drawn(context: Context, dataset: Dataset) -> Path:
    """Where the histogram waits until it is attached."""
    return context.services.settings.files / f"{dataset.id}.tokens.png"


def _place(dataset: Dataset) -> Place:
    return Place(dataset.channel, dataset.thread, dataset.created_by)


async def _link(context: Context, dataset: Dataset) -> str:
    answer: dict[str, Any] = await context.outbox.call(
        "chat.getPermalink", http="GET", channel=dataset.channel, message_ts=dataset.thread
    )
    return str(answer["permalink"])
