"""A row of an evaluation, as it is exported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tunesmith.bot.answers.metrics.score import Score


@dataclass(frozen=True, slots=True)
class ExportedAnswer:
    """What one contestant answered; `score` is None where it answered nothing."""

    text: str
    score: Score | None


@dataclass(frozen=True, slots=True)
class ExportedRow:
    """A row: its line in the file, the messages before the gold answer, each contestant's answer by
    the contestant's name, and the tools that it declares, as OpenAI's reference has them.

    A gold answer that calls tools is written as `KnownRow.gold` is.
    """

    line: int
    messages: Sequence[Mapping[str, Any]]
    gold: str
    answers: Mapping[str, ExportedAnswer]
    tools: Sequence[Mapping[str, Any]] = ()

    @property
    def question(self) -> str:
        """The last text that a user wrote."""
        asked = [one.get("content") for one in self.messages if one.get("role") == "user"]
        return asked[-1] if asked and isinstance(asked[-1], str) else ""
