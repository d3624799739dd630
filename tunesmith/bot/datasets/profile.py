"""What of a data set matters when a model that was trained on it is asked."""

from dataclasses import dataclass
from typing import Any, Self

from tunesmith.bot.datasets.pair_style import PairStyle
from tunesmith.bot.datasets.report import Report


@dataclass(frozen=True, slots=True)
class Profile:
    """A part of a data set that never changes, nor does it quote an example.

    `sha256` is that of its file, `schema` that of the schema that it asks about, `encoding` what
    its tokens were counted in. The rest is as in `Report`.
    """

    sha256: str
    system_prompt: str | None
    style: PairStyle | None
    tools: tuple[dict[str, Any], ...]
    classes: tuple[str, ...]
    class_tokens: int | None
    longest_answer: int
    encoding: str
    schema: str | None

    @classmethod
    def of(cls, report: Report, sha256: str, schema: str | None) -> Self:
        """The profile of a data set with that report."""
        return cls(
            sha256=sha256,
            system_prompt=report.system_prompt,
            style=report.style,
            tools=tuple(report.tools),
            classes=tuple(report.classes),
            class_tokens=report.class_tokens,
            longest_answer=report.tokens.assistant_per_example.max,
            encoding=report.tokens.encoding,
            schema=schema,
        )
