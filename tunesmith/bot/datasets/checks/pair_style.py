"""How the prompts and completions of a file begin and end, and which pairs differ from most.

OpenAI's guide for prompt/completion pairs: every prompt ends with a fixed separator that stands
nowhere else in it, every completion starts with a space and ends with a fixed stop sequence that
stands nowhere else in it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tunesmith.bot.datasets.findings import Collector, JsonObject, Rule, note, warning
from tunesmith.bot.datasets.masking import first_difference, quoted

RULES: dict[str, Rule] = {
    "missing_separator": warning(fixable=True),
    "separator_in_prompt": warning(),
    "missing_stop_sequence": warning(fixable=True),
    "stop_sequence_in_completion": warning(),
    "completion_without_leading_space": warning(fixable=True),
    "no_common_separator": warning(),
    "no_common_stop_sequence": warning(),
    "common_prompt_prefix": note(),
    "common_completion_prefix": note(),
}

_MAJORITY = 0.6
_LONGEST = 24
_MIN_PROMPT_PREFIX = 12
_MIN_COMPLETION_PREFIX = 5
# What an ending has that was put there on purpose: symbols that end no sentence, a word in capital
# letters, or a line feed, with the white space around.
_MARK = re.compile(r"\s*(?:(?:[^\w\s.?!…\"')\]}。？！”’）」]+|(?<![A-Za-z])[A-Z]{3,})\s*|\n\s*)$")


@dataclass(frozen=True, slots=True)
class PairStyle:
    """How most pairs of a file begin and end; "" where they share nothing."""

    separator: str = ""
    stop: str = ""
    prompt_prefix: str = ""
    completion_prefix: str = ""
    with_prompts: bool = True


def detect(examples: Sequence[JsonObject]) -> PairStyle:
    """Detect the style from a file's first pairs."""
    pairs = [read_pair(example) for example in examples]
    prompts = [prompt for prompt, _ in pairs if prompt]
    completions = [completion for _, completion in pairs if completion]
    return PairStyle(
        separator=_common_ending(prompts),
        stop=_common_ending(completions),
        prompt_prefix=_common_beginning(prompts, _MIN_PROMPT_PREFIX),
        completion_prefix=_common_beginning(
            [completion.lstrip() for completion in completions], _MIN_COMPLETION_PREFIX
        ),
        with_prompts=bool(prompts),
    )


def check(example: JsonObject, style: PairStyle, found: Collector) -> None:
    """Say where one pair differs from the style of its file."""
    prompt, completion = read_pair(example)
    separator, stop = style.separator, style.stop
    if separator and prompt:
        if not prompt.endswith(separator):
            found.add("missing_separator", ("prompt",), prompt[-40:], separator=quoted(separator))
        elif prompt.count(separator) > 1:
            found.add("separator_in_prompt", ("prompt",), separator=quoted(separator))
    if stop and completion:
        if not completion.endswith(stop):
            found.add("missing_stop_sequence", ("completion",), completion[-40:], stop=quoted(stop))
        elif completion.count(stop) > 1:
            found.add("stop_sequence_in_completion", ("completion",), stop=quoted(stop))
    if completion and not completion[0].isspace():
        found.add("completion_without_leading_space", ("completion",), completion[:40])


def read_pair(example: JsonObject) -> tuple[str, str]:
    """The prompt and the completion of a pair, whatever the case of its keys; "" where none is."""
    values = {key.lower(): value for key, value in example.items()}
    prompt, completion = values.get("prompt"), values.get("completion")
    return (
        prompt if isinstance(prompt, str) else "",
        completion if isinstance(completion, str) else "",
    )


def check_file(style: PairStyle, found: Collector) -> None:
    """Say which endings the file as a whole lacks, and which beginnings it need not have."""
    if style.with_prompts and not style.separator:
        found.add("no_common_separator")
    if not style.stop:
        found.add("no_common_stop_sequence")
    if style.prompt_prefix:
        found.add("common_prompt_prefix", prefix=quoted(style.prompt_prefix))
    if style.completion_prefix:
        found.add("common_completion_prefix", prefix=quoted(style.completion_prefix))


def _common_ending(texts: Sequence[str]) -> str:
    """The ending that most texts share and that no ordinary sentence has, or ""."""
    if len(texts) < 2:
        return ""
    ending = ""
    for length in range(1, _LONGEST + 1):
        endings = Counter(text[-length:] for text in texts if len(text) >= length)
        if not endings:
            break
        candidate, count = endings.most_common(1)[0]
        if count < _MAJORITY * len(texts):
            break
        ending = candidate
    mark = _MARK.search(ending)
    return mark[0] if mark else ""


def _common_beginning(texts: Sequence[str], minimum: int) -> str:
    """What all texts begin with, or "" where that is shorter than `minimum` characters."""
    if len(texts) < 2:
        return ""
    first, last = min(texts), max(texts)
    length = first_difference(first, last)
    return first[:length] if minimum <= length < len(first) else ""
