"""The file as a whole: its name, size and format, and whether this provider would take it."""

from collections.abc import Collection
from dataclasses import dataclass

from tunesmith.bot.datasets import formats
from tunesmith.bot.datasets.checks import images
from tunesmith.bot.datasets.file_statistics import FileStatistics
from tunesmith.bot.datasets.findings import Collector, Rule, error, note, warning
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers.catalogue import BaseModelEntry, Provider

RULES: dict[str, Rule] = {
    "mixed_formats": error(),
    "unknown_format": error(),
    "method_mismatch": error(),
    "format_not_trained": error(fixable=True),
    "model_without_method": error(),
    "unknown_model": error(),
    "model_without_vision": error(),
    "too_few_examples": error(),
    "few_examples": note(),
    "file_too_large": error(),
    "file_name": warning(fixable=True),
    "too_many_errors": error(),
    "too_many_image_examples": error(),
    "crlf": note(fixable=True),
    "missing_system_message": note(),
    "varying_system_messages": note(),
    "examples_truncated": warning(),
    "tokens_need_extra": note(),
    "tokens_not_counted": note(),
    "mostly_upper_case": warning(),
    "validation_invalid": error(),
    "validation_format": error(),
    "validation_too_large": error(),
}

# platform.openai.com/docs/guides/supervised-fine-tuning: 50 to 100 examples for a first effect.
_ADVISED = 50
_SHARE_UPPER_CASE = 0.5


@dataclass(frozen=True, slots=True)
class Target:
    """Who is to train on the file, and how. `model` is the one that was asked for, if any."""

    name: str
    provider: Provider
    method: str
    model: str | None

    @property
    def entry(self) -> BaseModelEntry | None:
        """What the catalogue knows of the model."""
        return self.provider.model(self.model) if self.model else None


def check(statistics: FileStatistics, kind: Format, target: Target, found: Collector) -> None:
    """What the lines of a file together say about it."""
    _check_format(statistics, kind, target, found)
    _check_count(statistics, target, found)
    _check_images(statistics, target, found)
    if statistics.crlf_lines:
        found.add("crlf", count=statistics.crlf_lines)
    if statistics.systems and statistics.without_system:
        count, examples = statistics.without_system, statistics.examples
        found.add("missing_system_message", count=count, examples=examples)
    if len(statistics.systems) > 1:
        found.add("varying_system_messages", count=len(statistics.systems))
    if statistics.upper_case > _SHARE_UPPER_CASE * statistics.examples:
        found.add("mostly_upper_case", share=statistics.upper_case / statistics.examples)


def check_bytes(name: str, size: int, target: Target, found: Collector) -> None:
    """The file's name, and its size in bytes."""
    if not name.lower().endswith(".jsonl"):
        found.add("file_name")
    limit = target.provider.max_file_bytes
    if size > limit:
        found.add("file_too_large", size=size, provider=target.provider.title, limit=limit)


def _check_format(
    statistics: FileStatistics, kind: Format, target: Target, found: Collector
) -> None:
    provider = target.provider
    if not statistics.formats:
        found.add("unknown_format")
        return
    if len(statistics.formats) > 1:
        first = sorted(statistics.formats.items(), key=lambda item: item[1])
        found.add(
            "mixed_formats",
            formats=[
                say("finding.value.format_from_line", format=name, line=line + 1)
                for name, line in first
            ],
        )
    if kind not in provider.formats:
        advice = _advice_on(kind)
        found.add("format_not_trained", provider=provider.title, format=kind, advice=advice)
    elif formats.METHODS[kind] != target.method:
        _add_method_mismatch(kind, target, found)
    if target.model and target.entry is None:
        models = [entry.name for entry in provider.models] or [say("finding.value.none")]
        found.add("unknown_model", provider=provider.title, model=target.model, models=models)
    elif target.entry is not None and target.method not in target.entry.methods:
        found.add(
            "model_without_method",
            model=str(target.model),
            method=target.method,
            provider=provider.title,
        )


def _add_method_mismatch(kind: Format, target: Target, found: Collector) -> None:
    fitting = formats.METHODS[kind]
    needed = [
        name
        for name, method in formats.METHODS.items()
        if method == target.method and name in target.provider.formats
    ]
    advice = say("finding.advice.other_method", method=fitting)
    if needed:
        advice = say("finding.advice.other_method_or_format", method=fitting, formats=needed)
    found.add("method_mismatch", method=target.method, format=kind, fitting=fitting, advice=advice)


def _advice_on(kind: Format) -> Message:
    """What to do with a file in a format that the provider does not train."""
    match kind:
        case Format.PAIRS:
            return say("finding.advice.pairs_to_chat")
        case Format.REINFORCEMENT:
            return say("finding.advice.add_answers")
        case _:
            return say("finding.advice.other_provider")


def _check_count(statistics: FileStatistics, target: Target, found: Collector) -> None:
    needed = target.provider.min_examples
    if statistics.examples < needed:
        found.add(
            "too_few_examples",
            count=statistics.examples,
            provider=target.provider.title,
            needed=needed,
        )
    elif statistics.examples < _ADVISED:
        found.add("few_examples", count=statistics.examples)


def _check_images(statistics: FileStatistics, target: Target, found: Collector) -> None:
    if statistics.with_images > images.MAX_IMAGE_EXAMPLES:
        limit = images.MAX_IMAGE_EXAMPLES
        found.add("too_many_image_examples", count=statistics.with_images, limit=limit)
    if statistics.with_images and target.entry is not None and not target.entry.vision:
        found.add("model_without_vision", count=statistics.with_images, model=str(target.model))


def check_validation(
    validation: FileStatistics,
    errors: Collection[str],
    training: FileStatistics,
    target: Target,
    found: Collector,
) -> None:
    """Whether the validation file goes with the training file; `errors` are its own, by code."""
    provider, count = target.provider, validation.examples
    if errors:
        found.add("validation_invalid", codes=sorted(errors)[:5])
    theirs, ours = set(validation.formats), set(training.formats)
    if len(theirs) == len(ours) == 1 and theirs != ours:
        found.add("validation_format", found=theirs.pop(), format=ours.pop())
    limits = [provider.validation_max_rows]
    if provider.validation_max_fraction is not None:
        limits.append(int(training.examples * provider.validation_max_fraction))
    limit = min((limit for limit in limits if limit is not None), default=None)
    if limit is not None and count > limit:
        found.add("validation_too_large", count=count, provider=provider.title, limit=limit)
