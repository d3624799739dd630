"""Move a model without the rows that the new provider refuses: written to a file of its own, which
is told and attached. The original stays as it is.

Task kind: `move.left_out` (one for each such file: names its rows, and attaches it).
"""

import tempfile
from pathlib import Path
from typing import Any

from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.chosen_lines import drop
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.generated_files import Source, keep
from tunesmith.bot.providers.catalogue import Provider
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.dataset.tasks.written import attach_kept
from tunesmith.handlers.slack.blocks import section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import InThread, kinds
from tunesmith.storage import datasets
from tunesmith.storage.datasets import Dataset

# Each row that is left out is named.
_MOST_ROWS = 100


class LeftOut(InThread):
    """Which lines of whose file a provider refuses, and the dataset without them."""

    model: str
    provider: str
    name: str
    lines: list[int]
    dataset_id: str


def lines_to_leave_out(report: Report, provider: Provider) -> list[int]:
    """The lines of a file that a provider refuses, in order; none where leaving them out does not
    help, leaves too few, or there are too many to name.
    """
    wrong = [found for found in report.findings if found.severity is Severity.ERROR]
    lines = sorted({found.line for found in wrong if found.line is not None})
    all_listed = sum(report.counts[code] for code in {one.code for one in wrong}) == len(wrong)
    helps = all_listed and all(found.line is not None for found in wrong)
    enough = report.examples - len(lines) >= provider.min_examples
    return lines if helps and enough and len(lines) <= _MOST_ROWS else []


async def write_without(
    context: Context, work: Work[Any], dataset: Dataset, lines: list[int], user: str
) -> Dataset:
    """The dataset without these lines: written once, however often its task is tried. Raises
    DatasetError.
    """
    services = context.services
    source = Source(
        key=work.task.key,
        team=dataset.team,
        channel=dataset.channel,
        thread=dataset.thread,
        user=user,
        name=dataset.name,
        schema=dataset.schema_sha256,
    )
    async with services.database.read() as connection:
        known = await datasets.get(connection, source.id_of("train"))
    if known is not None:
        return known
    files = services.settings.files
    with tempfile.TemporaryDirectory(dir=files) as folder:
        path = Path(folder) / f"without-{len(lines)}.jsonl"
        given = files / dataset.sha256
        await drop(services.processes, given, name=dataset.name, lines=lines, out=path)
        made = await keep(services, path, source, validation_id=dataset.validation_id)
    async with work.step() as connection:
        await datasets.add(connection, made)
    return made


@kinds.task("move.left_out", LeftOut, place=Place.ATTACH)
async def tell_left_out(context: Context, work: Work[LeftOut]) -> None:
    """Name the rows that were left out, and attach the file without them."""
    told = work.payload
    made = await context.dataset(told.dataset_id)
    text = await context.text_in(told.ref)
    words = text(
        "move.left_out",
        model=told.model,
        provider=context.titles[told.provider],
        count=len(told.lines),
        lines=[str(line) for line in told.lines],
        name=told.name,
        made=made.name,
    )
    await context.outbox.post(work, work.task.key, told.ref, words, [section(words)])
    await attach_kept(context, work, told.ref, [made.id])
