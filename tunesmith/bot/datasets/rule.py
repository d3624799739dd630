"""What a rule is: a code, what it is worth, how it is found and, where that is sure, fixed.

Each rule is a value in a module of its own below `checks` (`rules` finds them), of the class that
says what it looks at. Its words stand in the catalogues: `finding.message.CODE`,
`finding.hint.CODE` and, where it is fixed, `finding.fixed.CODE`. A check gives its findings to a
`Collector` under the rule's code.

`bad` and `good` are the smallest samples of what the rule finds and of what it does not. Rules
without samples need a whole file to show what they find.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tunesmith.bot.datasets.findings import Severity

if TYPE_CHECKING:
    from tunesmith.bot.datasets.text_buffer import Passage, TextBuffer


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What all rules have; a rule of this class itself is found while a file is read or compared.

    `severity` is what the rule is worth to everyone. `fixed_by_writing` tells that a fixed file is
    without it by the way it is written: its name, its container. `on_request` tells that the fix
    takes away what may be meant, so that it is only applied where the rule is named.
    """

    code: str
    severity: Severity
    fixed_by_writing: bool = False
    on_request: bool = False

    @property
    def fixable(self) -> bool:
        """Whether the fixed file may be without it."""
        return self.fixed_by_writing or self.on_request or getattr(self, "fix", None) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRule(Rule):
    """A rule on the texts of many examples at once."""

    find: Callable[["TextBuffer"], Iterator["Passage"]]
    fix: Callable[[str], str] | None = None
    bad: str
    good: str
