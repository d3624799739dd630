"""How the prompts and completions of a file begin and end.

OpenAI's guide for prompt/completion pairs: every prompt ends with a fixed separator that stands
nowhere else in it, every completion starts with a space and ends with a fixed stop sequence that
stands nowhere else in it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tunesmith.bot.datasets.findings import JsonObject
from tunesmith.bot.datasets.masking import first_difference

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


def read_pair(example: JsonObject) -> tuple[str, str]:
    """The prompt and the completion of a pair, whatever the case of its keys; "" where none is."""
    values = {key.lower(): value for key, value in example.items()}
    prompt, completion = values.get("prompt"), values.get("completion")
    return (
        prompt if isinstance(prompt, str) else "",
        completion if isinstance(completion, str) else "",
    )


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
