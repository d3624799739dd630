"""A checked file's outcome in its thread: the report, then what is attached to it.

Task kinds: `report` (one per checked file), then `findings` (attaches the complete list) and
`histogram` (draws how long the examples are), which leads to `picture` (attaches that).
"""

import asyncio
import tempfile
from functools import partial
from pathlib import Path, PurePath

from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.export import write_csv, write_json
from tunesmith.bot.datasets.histogram import Labels, histogram
from tunesmith.bot.generated_files import findings_path
from tunesmith.bot.jobs import budget
from tunesmith.bot.jobs.split import can_split
from tunesmith.bot.messages import StoredMessage, Text, text_for
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.dataset.blocks import Copy, report_blocks, report_text
from tunesmith.handlers.dataset.prices import Budget
from tunesmith.handlers.job.base_models import notices, trainable
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import InThread, OfDataset, kinds
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.handlers.slack.uploads import upload
from tunesmith.storage import datasets
from tunesmith.storage.datasets import Dataset

# The lengths of fewer examples are told by the report's figures.
_HANDFUL = 20


class Outcome(InThread):
    """What a check came to: a dataset, or why the file `name` can't be read."""

    dataset_id: str | None = None
    name: str | None = None
    reason: StoredMessage | None = None


def findings_list(context: Context, dataset_id: str) -> Path:
    """Where the complete list of findings waits until it is attached."""
    return findings_path(context.services.settings.files, dataset_id)


def answers_shape(context: Context, dataset_id: str) -> Path:
    """Where what the answers of a dataset have in common is kept."""
    return context.services.settings.files / f"{dataset_id}.answers.json"


def left_behind(context: Context, dataset_id: str) -> list[Path]:
    """Files about a dataset, some of which may still wait until they are attached."""
    files = context.services.settings.files
    return [
        findings_list(context, dataset_id),
        _drawn(context, dataset_id),
        files / f"{dataset_id}.diff",
        answers_shape(context, dataset_id),
    ]


@kinds.task("report", Outcome, place=Place.TELL, pace=1)
async def tell_outcome(context: Context, work: Work[Outcome]) -> None:
    """Post the report, or why there is none."""
    said = work.payload
    text = await context.text_in(said.ref)
    if said.dataset_id is None:
        words = text("dataset.file_unreadable", name=said.name, reason=said.reason)
        await context.outbox.put(work, work.task.key, said.ref, words, [section(words)])
        return
    async with context.services.database.read() as connection:
        dataset = await datasets.get(connection, said.dataset_id)
        assert dataset is not None
        copy = await datasets.first_copy(connection, dataset)
    link = await context.permalinks.to(copy.channel, copy.thread) if copy else None
    report = Report.model_validate(dataset.report)
    blocks = report_blocks(
        text,
        report,
        dataset.id,
        titles=context.titles,
        copy=Copy(copy.created_by, link) if copy else None,
        budget=await _budget(context, dataset.team, report),
        can_split=can_split(dataset, report),
        notices=notices(context.services),
    )
    await context.outbox.put(work, work.task.key, said.ref, report_text(text, report), blocks)
    about = OfDataset(dataset_id=dataset.id)
    async with work.finish() as connection:
        lane = _thread(dataset).attachments
        await attach_findings.add(connection, about, of=dataset.id, lane=lane)
        if report.examples > _HANDFUL:
            await draw_histogram.add(connection, about, of=dataset.id)


async def _budget(context: Context, team: str, report: Report) -> Budget | None:
    """The team's budget and what can be spent it on; None where it has none."""
    settings = context.services.settings
    async with context.services.database.read() as connection:
        left = await budget.left(connection, settings, team)
    if left is None or settings.monthly_budget_usd is None:
        return None
    costs = trainable(context.services, report) or report.costs
    return Budget(settings.monthly_budget_usd, left, costs)


@kinds.task("findings", OfDataset, place=Place.ATTACH)
async def attach_findings(context: Context, work: Work[OfDataset]) -> None:
    """Attach the complete list of findings, as a table and as JSON."""
    dataset = await context.dataset(work.payload.dataset_id)
    listed = findings_list(context, dataset.id)
    report = Report.model_validate(dataset.report)
    # There is none where nothing was found, or where a try that broke off at its end attached it.
    if report.findings and await asyncio.to_thread(listed.exists):
        ref = _thread(dataset)
        text = (await context.text_in(ref)).plain
        title = text("dataset.findings_title", name=dataset.name)
        name = f"{PurePath(dataset.name).stem}-{dataset.id[:6]}.findings"
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "findings"
            await asyncio.to_thread(write_csv, listed, out, text)
            await upload(context, work, ref, name=f"{name}.csv", content=out, title=title)
            await asyncio.to_thread(write_json, report, listed, out)
            await upload(context, work, ref, name=f"{name}.json", content=out, title=title)
    await asyncio.to_thread(listed.unlink, missing_ok=True)


@kinds.task("histogram", OfDataset, place=Place.CHECK)
async def draw_histogram(context: Context, work: Work[OfDataset]) -> None:
    """Draw how long the examples are."""
    dataset = await context.dataset(work.payload.dataset_id)
    tokens = Report.model_validate(dataset.report).tokens
    text = (await context.text_in(_thread(dataset))).plain
    labels = [_labels(words, tokens.encoding) for words in (text, text_for("en"))]
    png = await context.services.processes.run(partial(histogram, tokens, *labels))
    await asyncio.to_thread(_drawn(context, dataset.id).write_bytes, png)
    async with work.finish() as connection:
        lane = _thread(dataset).attachments
        await attach_histogram.add(connection, work.payload, of=dataset.id, lane=lane)


def _labels(text: Text, encoding: str) -> Labels:
    return Labels(
        tokens=text("dataset.histogram_tokens", encoding=PurePath(encoding).stem),
        examples=text("dataset.histogram_examples"),
        median=text("dataset.histogram_median"),
        p95=text("dataset.histogram_p95"),
    )


@kinds.task("picture", OfDataset, place=Place.ATTACH)
async def attach_histogram(context: Context, work: Work[OfDataset]) -> None:
    """Attach the picture."""
    dataset = await context.dataset(work.payload.dataset_id)
    picture = _drawn(context, dataset.id)
    if not await asyncio.to_thread(picture.exists):
        return  # a try that broke off at its very end has attached it
    lengths = Report.model_validate(dataset.report).tokens.per_example
    ref = _thread(dataset)
    text = (await context.text_in(ref)).plain
    await upload(
        context,
        work,
        ref,
        name=f"tokens-{dataset.id}.png",
        content=picture,
        title=text("dataset.histogram_title", name=dataset.name),
        alt=text(
            "dataset.histogram_alt",
            low=lengths.min,
            high=lengths.max,
            median=round(lengths.median),
            p95=round(lengths.p95),
        ),
    )
    await asyncio.to_thread(picture.unlink, missing_ok=True)


def _drawn(context: Context, dataset_id: str) -> Path:
    """Where the histogram waits until it is attached."""
    return context.services.settings.files / f"{dataset_id}.tokens.png"


def _thread(dataset: Dataset) -> ThreadRef:
    return ThreadRef(dataset.channel, dataset.thread, dataset.created_by)
