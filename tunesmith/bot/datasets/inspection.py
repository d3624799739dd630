"""Inspecting a file: from its path to a report."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tunesmith.bot.datasets import conversion, labels, reading, workers
from tunesmith.bot.datasets.conversion import Source
from tunesmith.bot.datasets.distributions import bins, distribution, total
from tunesmith.bot.datasets.finding_log import FindingLog, finding_log
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.report import LEAKED, Report, Tokens, Validation
from tunesmith.bot.datasets.scan import Scan, Scanned, first_look
from tunesmith.bot.datasets.verdict import Selection, Verdict, judge

if TYPE_CHECKING:
    from tunesmith.bot.processes import Processes


async def inspect(
    processes: "Processes",
    path: Path,
    *,
    name: str,
    selection: Selection,
    validation: Path | None = None,
    validation_name: str | None = None,
    findings: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Report:
    """`inspect_sync` in a worker process.

    Cancelling ends all work soon. Raises DatasetError where the file cannot be read at all.
    """
    call = partial(
        inspect_sync,
        path,
        name=name,
        selection=selection,
        validation=validation,
        validation_name=validation_name,
        findings=findings,
    )
    return await processes.run(call, seconds=workers.time_limit(path), progress=progress)


def inspect_sync(
    path: Path,
    *,
    name: str,
    selection: Selection,
    validation: Path | None = None,
    validation_name: str | None = None,
    findings: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Report:
    """Check a training file, count its tokens and price it.

    `name` and `validation_name` are the files' names as people know them. The complete list of
    findings is written to `findings` (JSON Lines, at most 100,000). `progress` is called with a
    share from 0 to 1. Raises DatasetError where the file cannot be read at all.
    """
    size = path.stat().st_size
    with (
        conversion.as_json_lines(path, name) as training,
        _validation_source(validation, validation_name) as other,
        ExitStack() as stack,
    ):
        settings = first_look(training.path, selection.encoding())
        selection = selection.for_format(settings.format)
        settings = replace(settings, takes=selection.takes(), context=selection.context())
        log = finding_log(findings, selection.severity, selection.ignored())
        log = stack.enter_context(log)
        scan = Scan(settings, selection.severity, log.write, progress)
        scanned, validated = scan.read(training, other)
        verdict = judge(selection, scanned, validated, name, size)
        for found in verdict.findings:
            scanned.counts[found.code] += 1
            log.write(found)
        for code in selection.ignored():
            scanned.counts.pop(code, None)
        report = _report(scanned, verdict, log, selection)
        if training.path != path:
            report.sha256 = reading.sha256(path)
    report.name, report.bytes = name, size
    report.conversion = training.conversion
    report.validation = _validated(validated)
    return report


def _validation_source(
    path: Path | None, name: str | None
) -> AbstractContextManager[Source | None]:
    return nullcontext() if path is None else conversion.as_json_lines(path, name or path.name)


def _validated(scanned: Scanned | None) -> Validation | None:
    if scanned is None:
        return None
    return Validation(
        examples=scanned.statistics.examples,
        tokens=total(scanned.statistics.tokens),
        sha256=scanned.sha256,
        counts=dict(scanned.counts.most_common()),
    )


def _report(scanned: Scanned, verdict: Verdict, log: FindingLog, selection: Selection) -> Report:
    statistics, settings = scanned.statistics, scanned.settings
    classes = labels.classes(statistics)
    class_tokens = labels.tokens_of(classes, settings.format, settings.encoding)
    errors = {code for code in scanned.counts if selection.severity(code) is Severity.ERROR}
    return Report(
        name="",
        format=settings.format,
        examples=statistics.examples,
        sha256=scanned.sha256,
        bytes=0,
        valid=not errors,
        only_secrets=errors == {LEAKED},
        provider=verdict.target.name,
        model=verdict.target.model,
        method=verdict.target.method,
        findings=log.worst(),
        counts=dict(scanned.counts.most_common()),
        tokens=Tokens(
            encoding=settings.encoding,
            total=total(statistics.tokens),
            assistant=total(statistics.answer_tokens),
            per_example=distribution(statistics.tokens),
            assistant_per_example=distribution(statistics.answer_tokens),
            histogram=bins(statistics.tokens),
        ),
        messages_per_example=distribution(statistics.messages),
        costs=verdict.costs,
        system_prompt=next((text for text, _ in statistics.systems.most_common(1)), None),
        sample_questions=statistics.questions,
        classes=dict(classes.most_common()),
        class_tokens=max(class_tokens, default=None),
        tools=[dict(tool) for tool in settings.tools],
        style=settings.style,
    )
