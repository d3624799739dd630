"""Inspecting a file: from its path to a report."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tunesmith.bot.datasets import formats, reading
from tunesmith.bot.datasets.block import BlockResult, Settings, check_block
from tunesmith.bot.datasets.checks import (
    chat,
    files,
    images,
    lines,
    pairs,
    preference,
    reinforcement,
    tools,
)
from tunesmith.bot.datasets.costs import costs
from tunesmith.bot.datasets.findings import Collector, Hit, Rule, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.report import Finding, Report, Tokens
from tunesmith.bot.datasets.statistics import distribution
from tunesmith.bot.providers.catalogue import Catalogue

RULES: dict[str, Rule] = (
    lines.RULES
    | files.RULES
    | chat.RULES
    | tools.RULES
    | images.RULES
    | pairs.RULES
    | preference.RULES
    | reinforcement.RULES
)

MAX_FINDINGS = 200
_MAX_PER_CODE = 20
_SEVERITIES = list(Severity)


async def inspect(
    path: Path,
    *,
    name: str,
    catalogue: Catalogue,
    provider: str | None = None,
    model: str | None = None,
    method: str | None = None,
    validation: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Report:
    """Check a training file, count its tokens and price it, without blocking the event loop.

    `name` is the file's name as people know it. Without `provider`, the catalogue's first one
    decides what is an error. Raises DatasetError where the file cannot be read at all.
    """
    return await asyncio.to_thread(
        inspect_sync,
        path,
        name=name,
        catalogue=catalogue,
        provider=provider,
        model=model,
        method=method,
        validation=validation,
        progress=progress,
    )


def inspect_sync(
    path: Path,
    *,
    name: str,
    catalogue: Catalogue,
    provider: str | None = None,
    model: str | None = None,
    method: str | None = None,
    validation: Path | None = None,  # noqa: ARG001
    progress: Callable[[float], None] | None = None,
) -> Report:
    """`inspect`, for callers without an event loop."""
    reading.refuse_what_is_no_text(path)
    size = path.stat().st_size
    provider_name = provider or next(iter(catalogue.providers))
    kind = _format_of(path)
    settings = Settings(path, kind, "o200k_base")
    digest = hashlib.sha256()
    total = BlockResult()
    counts: Counter[str] = Counter()
    for block in reading.blocks(path, digest):
        _merge(total, check_block(settings, block), counts)
        if progress is not None:
            progress((block.offset + block.length) / size)
    answers = distribution(total.answer_tokens)
    chosen = method or formats.METHODS.get(kind, "supervised")
    found = (
        costs(
            catalogue,
            total.tokens,
            answers,
            encoding=settings.encoding,
            method=chosen,
            provider=provider,
            model=model,
            today=datetime.now(UTC).date(),
        )
        if total.examples
        else []
    )
    _check_file(total, catalogue, provider_name, size, counts)
    worst = sorted(total.hits, key=_rank)
    return Report(
        name=name,
        format=kind,
        examples=total.examples,
        sha256=digest.hexdigest(),
        bytes=size,
        valid=not any(RULES[code].severity is Severity.ERROR for code in counts),
        provider=provider_name,
        model=model,
        method=chosen,
        findings=[_finding(hit) for hit in worst[:MAX_FINDINGS]],
        counts=dict(counts.most_common()),
        tokens=Tokens(
            encoding=settings.encoding,
            total=sum(n * c for n, c in total.tokens.items()),
            assistant=sum(n * c for n, c in total.answer_tokens.items()),
            per_example=distribution(total.tokens),
            assistant_per_example=answers,
        ),
        messages_per_example=distribution(total.messages),
        costs=found,
        system_prompt=next((text for text, _ in total.systems.most_common(1)), None),
        sample_questions=total.questions[:3],
    )


def _rank(hit: Hit) -> tuple[int, int]:
    return _SEVERITIES.index(RULES[hit.code].severity), hit.line or 0


def _format_of(path: Path) -> Format:
    """The format of the first example that has one."""
    with path.open("rb") as file:
        for line in file.read(reading.BLOCK_BYTES).removeprefix(reading.BOM).split(b"\n"):
            example = lines.read(line, Collector())
            if example is not None and (kind := formats.recognise(example)) is not None:
                return kind
    return Format.CHAT


def _merge(total: BlockResult, block: BlockResult, counts: Counter[str]) -> None:
    for hit in block.hits:
        counts[hit.code] += 1
        if counts[hit.code] <= _MAX_PER_CODE:
            hit.line = None if hit.line is None else hit.line + total.lines + 1
            total.hits.append(hit)
    for kind, line in block.formats.items():
        total.formats.setdefault(kind, line + total.lines + 1)
    total.lines += block.lines
    total.examples += block.examples
    total.tokens += block.tokens
    total.answer_tokens += block.answer_tokens
    total.messages += block.messages
    total.systems += block.systems
    total.without_system += block.without_system
    total.questions = (total.questions + block.questions)[:3]


def _check_file(
    total: BlockResult, catalogue: Catalogue, provider: str, size: int, counts: Counter[str]
) -> None:
    found = Collector()
    row = catalogue.providers[provider]
    if len(total.formats) > 1:
        listed = ", ".join(f"{kind} from line {line}" for kind, line in total.formats.items())
        found.add("mixed_formats", formats=listed)
    if not total.formats:
        found.add("unknown_format")
    if total.examples < row.min_examples:
        found.add(
            "too_few_examples", count=total.examples, provider=row.title, needed=row.min_examples
        )
    if size > row.max_file_bytes:
        found.add(
            "file_too_large",
            size=f"{size / 1e6:.0f}",
            provider=row.title,
            limit=f"{row.max_file_bytes / 1e6:.0f}",
        )
    if total.without_system and total.systems:
        found.add("missing_system_message", count=total.without_system, examples=total.examples)
    for hit in found.hits:
        counts[hit.code] += 1
        total.hits.append(hit)


def _finding(hit: Hit) -> Finding:
    rule = RULES[hit.code]
    return Finding(
        code=hit.code,
        severity=rule.severity,
        line=hit.line,
        path=_path(hit),
        message=rule.message.format(**hit.values),
        hint=rule.hint.format(**hit.values),
        excerpt=hit.excerpt,
    )


def _path(hit: Hit) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in hit.path)
    return text.removeprefix(".")[:200]
