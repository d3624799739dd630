"""Every code with its rule, found by walking the package `checks`.

A module there that has a `RULE` is a rule.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import TypeVar

from tunesmith.bot.datasets import checks
from tunesmith.bot.datasets.rule import Rule

_Kind = TypeVar("_Kind", bound=Rule)


def _walk() -> Iterator[Rule]:
    for found in pkgutil.walk_packages(checks.__path__, f"{checks.__name__}."):
        if not found.ispkg:
            module = import_module(found.name)
            if (rule := getattr(module, "RULE", None)) is not None:
                yield rule


def _by_code(rules: Iterator[Rule]) -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for rule in rules:
        assert rule.code not in found, f"two rules have the code {rule.code}"
        found[rule.code] = rule
    return found


RULES: dict[str, Rule] = _by_code(_walk())
FIXABLE = frozenset(code for code, rule in RULES.items() if rule.fixable)
"""Codes of findings that a fixed file may be without."""
FIXED_BY_DEFAULT = frozenset(code for code in FIXABLE if not RULES[code].on_request)
"""Those among them that are fixed where nobody chooses: without the fixes that remove rows."""


def rules_of(kind: type[_Kind]) -> tuple[_Kind, ...]:
    """All rules of a class, in the order in which they are checked."""
    return tuple(rule for rule in RULES.values() if type(rule) is kind)
