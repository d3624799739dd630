"""What the examples of a block, or of a whole file, have in sum."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from tunesmith.bot.datasets.formats import Format

# Bounds on what is kept to say what is common in a file.
MAX_SYSTEM_PROMPTS = 1_000
MAX_LABELS = 200
LABEL_LENGTH = 40
QUESTIONS = 3


@dataclass(slots=True)
class FileStatistics:
    """Sums over examples.

    The histograms map a number (of tokens, of messages) to how many examples have it. `formats`
    maps each format to the first line that has it (from 0). `labels` are short answers, as
    classification has them; `unlabelled` counts the examples with any other answer. `openings` and
    `answers` hold the hashes of what opens examples and what they answer, of two that differ only.
    """

    lines: int = 0
    examples: int = 0
    formats: dict[Format, int] = field(default_factory=dict[Format, int])
    tokens: Counter[int] = field(default_factory=Counter[int])
    answer_tokens: Counter[int] = field(default_factory=Counter[int])
    messages: Counter[int] = field(default_factory=Counter[int])
    systems: Counter[str] = field(default_factory=Counter[str])
    without_system: int = 0
    labels: Counter[str] = field(default_factory=Counter[str])
    unlabelled: int = 0
    without_prompt: int = 0
    upper_case: int = 0
    with_images: int = 0
    crlf_lines: int = 0
    openings: set[int] = field(default_factory=set[int])
    answers: set[int] = field(default_factory=set[int])
    questions: list[str] = field(default_factory=list[str])

    def add(self, other: "FileStatistics") -> None:
        """Take in the block that follows."""
        for kind, line in other.formats.items():
            self.formats.setdefault(kind, line + self.lines)
        self.lines += other.lines
        self.examples += other.examples
        self.tokens.update(other.tokens)
        self.answer_tokens.update(other.answer_tokens)
        self.messages.update(other.messages)
        for text, count in other.systems.items():
            self.count_system(text, count)
        self.without_system += other.without_system
        for text, count in other.labels.items():
            self.count_label(text, count)
        self.unlabelled += other.unlabelled
        self.without_prompt += other.without_prompt
        self.upper_case += other.upper_case
        self.with_images += other.with_images
        self.crlf_lines += other.crlf_lines
        self.note_hashes(other.openings, other.answers)
        self.questions = (self.questions + other.questions)[:QUESTIONS]

    def count_system(self, text: str, count: int = 1) -> None:
        """Count a system prompt; new ones only up to a bound."""
        if text in self.systems or len(self.systems) < MAX_SYSTEM_PROMPTS:
            self.systems[text] += count

    def note_hashes(self, openings: Iterable[int], answers: Iterable[int]) -> None:
        """Take in hashes, up to the second that differs."""
        for kept, more in ((self.openings, openings), (self.answers, answers)):
            kept.update(islice((each for each in more if each not in kept), 2 - len(kept)))

    def count_label(self, text: str, count: int = 1) -> None:
        """Count an answer as a label where it is short and one of few."""
        fits = 0 < len(text) <= LABEL_LENGTH
        if fits and (text in self.labels or len(self.labels) < MAX_LABELS):
            self.labels[text] += count
        else:
            self.unlabelled += count
