"""The file as a whole: its name, size and format, and whether this provider would take it."""

from collections.abc import Collection
from dataclasses import dataclass

from tunesmith.bot.datasets import formats
from tunesmith.bot.datasets.checks import images
from tunesmith.bot.datasets.findings import Collector, Rule, error, note, warning
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.tally import Tally
from tunesmith.bot.providers.catalogue import BaseModelEntry, Provider

RULES: dict[str, Rule] = {
    "mixed_formats": error(
        "The file mixes formats: {formats}.",
        "Keep one format a file.",
    ),
    "unknown_format": error(
        "No line is an example: none has messages, prompt or preferred_output.",
        'Write each example as {{"messages": [...]}}.',
    ),
    "method_mismatch": error(
        "The {method} method needs the {needed} format; this file is in the {format} format.",
        "Choose the method {fitting}, or convert the file.",
    ),
    "format_not_trained": error(
        "{provider} trains no base model on the {format} format.",
        "{advice}",
    ),
    "model_without_method": error(
        "{model} is not trained with the method {method} at {provider}.",
        "Choose another base model.",
    ),
    "unknown_model": error(
        "{provider} trains no base model {model}, as far as the catalogue knows.",
        "Choose one of: {models}.",
    ),
    "model_without_vision": error(
        "{model} is not trained on images; examples that hold some: {count}.",
        "Choose a base model with vision, or remove the images.",
    ),
    "too_few_examples": error(
        "The number of examples is {count}; {provider} needs at least {needed}.",
        "Add more; 50 to 100 good ones show a first effect.",
    ),
    "few_examples": note(
        "The file has {count} examples.",
        "Enough to start; 50 to 100 show a first effect.",
    ),
    "file_too_large": error(
        "The file has {size} MB; {provider} takes at most {limit} MB.",
        "Leave examples out.",
    ),
    "file_name": warning(
        "The name does not end in .jsonl, which OpenAI asks for.",
        "Rename it; the corrected file has the right name.",
    ),
    "too_many_errors": error(
        "There are more than a million errors up to line {line}; the rest was not read.",
        "Look at the first findings: the file is probably not what it was meant to be.",
    ),
    "too_many_image_examples": error(
        "The number of examples with images is {count}; at most {limit} are accepted.",
        "Leave some out.",
    ),
    "crlf": note(
        "Lines that end as on Windows (CRLF): {count}.",
        "Nothing breaks; the corrected file ends them with LF.",
    ),
    "missing_system_message": note(
        "{count} of {examples} examples have no system message.",
        "Fine if you will ask without one too; otherwise give all examples the same one.",
    ),
    "varying_system_messages": note(
        "The examples have {count} different system messages.",
        "Ask the tuned model with one of these; with another one it answers less well.",
    ),
    "examples_truncated": warning(
        "{count} examples are longer than the {limit} tokens that {model} is trained on; {lost} "
        "tokens at their ends are not learnt.",
        "Shorten or split them.",
    ),
    "tokens_not_counted": note(
        "The vocabulary of {models} is not installed, so its tokens and costs are left out.",
        "The figures are those of {used}.",
    ),
    "tokens_need_extra": note(
        "The tokens of {models} were not counted: the tokenizer for open models is not installed.",
        "Install the extra tunesmith[open-models]. The figures are those of {used}.",
    ),
    "mostly_upper_case": warning(
        "{percent} % of the answers are in capital letters only.",
        "Write them as you would; capitals cost more tokens and are understood less well.",
    ),
    "validation_invalid": error(
        "The validation file has errors itself: {codes}.",
        "Inspect and mend it first.",
    ),
    "validation_format": error(
        "The validation file is in the {found} format, the training file in the {format} format.",
        "Both must have the same.",
    ),
    "validation_too_large": error(
        "The validation file has {count} examples; {provider} takes at most {limit}.",
        "Leave some out.",
    ),
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


def check(tally: Tally, kind: Format, target: Target, found: Collector) -> None:
    """What the lines of a file together say about it."""
    _check_format(tally, kind, target, found)
    _check_count(tally, target, found)
    _check_images(tally, target, found)
    if tally.crlf_lines:
        found.add("crlf", count=tally.crlf_lines)
    if tally.systems and tally.without_system:
        count, examples = tally.without_system, tally.examples
        found.add("missing_system_message", count=count, examples=examples)
    if len(tally.systems) > 1:
        found.add("varying_system_messages", count=len(tally.systems))
    if tally.upper_case > _SHARE_UPPER_CASE * tally.examples:
        found.add("mostly_upper_case", percent=100 * tally.upper_case // tally.examples)


def check_bytes(name: str, size: int, target: Target, found: Collector) -> None:
    """The file's name, and its size in bytes."""
    if not name.lower().endswith(".jsonl"):
        found.add("file_name")
    limit = target.provider.max_file_bytes
    if size > limit:
        found.add(
            "file_too_large",
            size=f"{size / 1e6:,.0f}",
            provider=target.provider.title,
            limit=f"{limit / 1e6:,.0f}",
        )


def _check_format(tally: Tally, kind: Format, target: Target, found: Collector) -> None:
    provider = target.provider
    if not tally.formats:
        found.add("unknown_format")
        return
    if len(tally.formats) > 1:
        first = sorted(tally.formats.items(), key=lambda item: item[1])
        listed = ", ".join(f"{name} from line {line + 1}" for name, line in first)
        found.add("mixed_formats", formats=listed)
    if kind not in provider.formats:
        advice = _ADVICE.get(kind, "Choose another provider.")
        found.add("format_not_trained", provider=provider.title, format=kind, advice=advice)
    elif formats.METHODS[kind] != target.method:
        fitting = formats.METHODS[kind]
        fits = [name for name, method in formats.METHODS.items() if method == target.method]
        needed = " or ".join(name for name in fits if name in provider.formats) or "another"
        found.add(
            "method_mismatch", method=target.method, needed=needed, format=kind, fitting=fitting
        )
    if target.model and target.entry is None:
        names = ", ".join(entry.name for entry in provider.models) or "none"
        found.add("unknown_model", provider=provider.title, model=str(target.model), models=names)
    elif target.entry is not None and target.method not in target.entry.methods:
        found.add(
            "model_without_method",
            model=str(target.model),
            method=target.method,
            provider=provider.title,
        )


_ADVICE = {
    Format.PAIRS: "Turn the pairs into chat examples; the corrected file has them so.",
    Format.REINFORCEMENT: "Add the assistant's answers, and train supervised.",
}


def _check_count(tally: Tally, target: Target, found: Collector) -> None:
    needed = target.provider.min_examples
    if tally.examples < needed:
        found.add(
            "too_few_examples", count=tally.examples, provider=target.provider.title, needed=needed
        )
    elif tally.examples < _ADVISED:
        found.add("few_examples", count=tally.examples)


def _check_images(tally: Tally, target: Target, found: Collector) -> None:
    if tally.with_images > images.MAX_IMAGE_EXAMPLES:
        limit = images.MAX_IMAGE_EXAMPLES
        found.add("too_many_image_examples", count=tally.with_images, limit=limit)
    if tally.with_images and target.entry is not None and not target.entry.vision:
        found.add("model_without_vision", count=tally.with_images, model=str(target.model))


def check_validation(
    validation: Tally, errors: Collection[str], training: Tally, target: Target, found: Collector
) -> None:
    """Whether the validation file goes with the training file; `errors` are its own, by code."""
    provider, count = target.provider, validation.examples
    if errors:
        found.add("validation_invalid", codes=", ".join(sorted(errors)[:5]))
    theirs, ours = set(validation.formats), set(training.formats)
    if len(theirs) == len(ours) == 1 and theirs != ours:
        found.add("validation_format", found=theirs.pop(), format=ours.pop())
    limits = [provider.validation_max_rows]
    if provider.validation_max_fraction is not None:
        limits.append(int(training.examples * provider.validation_max_fraction))
    limit = min((limit for limit in limits if limit is not None), default=None)
    if limit is not None and count > limit:
        found.add("validation_too_large", count=count, provider=provider.title, limit=limit)
