"""`--select` and `--ignore`: which codes are reported, decide the exit code, and are fixed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import typer

from tunesmith.bot.cli.language import words
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rules import RULES

_SEVERITIES = frozenset(Severity)


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes that are wanted, each named or in the group of its severity.

    Nothing in `select` means all of them.
    """

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()

    def wants(self, code: str, severity: Severity) -> bool:
        """Whether a finding counts."""
        names = {code, severity}
        return (not self.select or not names.isdisjoint(self.select)) and names.isdisjoint(
            self.ignore
        )

    def to_fix(self, severity: Callable[[str], Severity]) -> frozenset[str]:
        """The codes that are fixed: of those that remove rows only the ones that are named."""
        return frozenset(
            code
            for code, rule in RULES.items()
            if rule.fixable
            and self.wants(code, severity(code))
            and (not rule.on_request or code in self.select)
        )


def read_codes(select: Sequence[str], ignore: Sequence[str]) -> Codes:
    """What the options say: codes and severities, with commas between. Raises BadParameter."""
    return Codes(_names(select, "--select"), _names(ignore, "--ignore"))


def known(name: str) -> str:
    """A code that exists. Raises BadParameter that names the nearest ones."""
    if name not in RULES:
        raise _unknown(name, list(RULES))
    return name


def _names(options: Sequence[str], option: str) -> frozenset[str]:
    names = [name.strip() for given in options for name in given.split(",") if name.strip()]
    for name in names:
        if name not in RULES and name not in _SEVERITIES:
            raise _unknown(name, [*RULES, *_SEVERITIES], option)
    return frozenset(names)


def _unknown(name: str, names: Sequence[str], option: str | None = None) -> typer.BadParameter:
    nearest = get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    key = "cli.inspect.unknown_code_nearest" if nearest else "cli.inspect.unknown_code"
    return typer.BadParameter(words()(key, code=name, nearest=nearest), param_hint=option)
