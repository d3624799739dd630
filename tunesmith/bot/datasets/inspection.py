"""Inspecting a file: from its path to a report."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from tunesmith.bot.datasets import reading, tables
from tunesmith.bot.datasets.checks import labels
from tunesmith.bot.datasets.finding_log import FindingLog, finding_log
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.report import Report, Tokens, Validation
from tunesmith.bot.datasets.rules import RULES
from tunesmith.bot.datasets.scan import Scan, Scanned
from tunesmith.bot.datasets.statistics import bins, distribution, total
from tunesmith.bot.datasets.tables import Source
from tunesmith.bot.datasets.verdict import Question, Verdict, judge
from tunesmith.bot.providers.catalogue import Catalogue


async def inspect(
    path: Path,
    *,
    name: str,
    catalogue: Catalogue,
    provider: str | None = None,
    model: str | None = None,
    method: str | None = None,
    validation: Path | None = None,
    validation_name: str | None = None,
    findings: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Report:
    """Check a training file, count its tokens and price it, without blocking the event loop.

    `name` and `validation_name` are the files' names as people know them. Without `provider`, the
    catalogue's first one decides what is an error; without `method`, the one that fits the file's
    format. The complete list of findings is written to `findings` (JSON Lines, at most 100,000).
    `progress` is called in the event loop with a share from 0 to 1. Cancelling ends all work soon.
    Raises DatasetError where the file cannot be read at all.
    """
    loop = asyncio.get_running_loop()
    cancelled = threading.Event()

    def report_progress(share: float) -> None:
        if progress is not None and not cancelled.is_set():
            loop.call_soon_threadsafe(progress, share)

    try:
        return await asyncio.to_thread(
            inspect_sync,
            path,
            name=name,
            question=Question(catalogue, provider, model, method),
            validation=validation,
            validation_name=validation_name,
            findings=findings,
            progress=report_progress,
            cancelled=cancelled,
        )
    finally:
        cancelled.set()


def inspect_sync(
    path: Path,
    *,
    name: str,
    question: Question,
    validation: Path | None = None,
    validation_name: str | None = None,
    findings: Path | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: threading.Event | None = None,
) -> Report:
    """`inspect` for callers without an event loop; `progress` is called in this thread.

    Raises workers.CancelledWorkError soon after `cancelled` is set.
    """
    size = path.stat().st_size
    with (
        finding_log(findings, question.ignored()) as log,
        tables.as_json_lines(path, name) as training,
        _validation_source(validation, validation_name) as other,
    ):
        scan = Scan(question.encoding(), log.write, cancelled or threading.Event(), progress)
        scanned, validated = scan.read(training, other)
        verdict = judge(question, scanned, validated, name, size)
        for hit in verdict.hits:
            scanned.counts[hit.code] += 1
            log.write(hit)
        for code in question.ignored():
            scanned.counts.pop(code, None)
        report = _report(scanned, verdict, log)
        if training.path != path:
            report.sha256 = reading.sha256(path)
    report.name, report.bytes = name, size
    report.validation = _validated(validated)
    return report


def _validation_source(
    path: Path | None, name: str | None
) -> AbstractContextManager[Source | None]:
    return nullcontext() if path is None else tables.as_json_lines(path, name or path.name)


def _validated(scanned: Scanned | None) -> Validation | None:
    if scanned is None:
        return None
    return Validation(
        examples=scanned.tally.examples,
        tokens=total(scanned.tally.tokens),
        sha256=scanned.sha256,
        counts=dict(scanned.counts.most_common()),
    )


def _report(scanned: Scanned, verdict: Verdict, log: FindingLog) -> Report:
    tally, settings = scanned.tally, scanned.settings
    return Report(
        name="",
        format=settings.format,
        examples=tally.examples,
        sha256=scanned.sha256,
        bytes=0,
        valid=not any(RULES[code].severity is Severity.ERROR for code in scanned.counts),
        provider=verdict.target.name,
        model=verdict.target.model,
        method=verdict.target.method,
        findings=log.worst(),
        counts=dict(scanned.counts.most_common()),
        tokens=Tokens(
            encoding=settings.encoding,
            total=total(tally.tokens),
            assistant=total(tally.answer_tokens),
            per_example=distribution(tally.tokens),
            assistant_per_example=distribution(tally.answer_tokens),
            histogram=bins(tally.tokens),
        ),
        messages_per_example=distribution(tally.messages),
        costs=verdict.costs,
        system_prompt=next((text for text, _ in tally.systems.most_common(1)), None),
        sample_questions=tally.questions,
        classes=dict(labels.classes(tally).most_common()),
    )
