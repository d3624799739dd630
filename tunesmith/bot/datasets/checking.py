"""Running the rules: on a line, an example, the texts of a block, a whole file."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from tunesmith.bot.datasets.example_view import ExampleView, MessageView, PartView, role_name
from tunesmith.bot.datasets.findings import Collector
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import JsonLine
from tunesmith.bot.datasets.rule import (
    CallRule,
    ExampleRule,
    FileRule,
    LineRule,
    MessageRule,
    PartRule,
    ProviderRule,
    RolesRule,
    TextRule,
)
from tunesmith.bot.datasets.rules import rules_of
from tunesmith.bot.datasets.text_buffer import Passage, TextBuffer
from tunesmith.bot.datasets.whole_file import WholeFile

_MessageCheck: TypeAlias = Callable[[MessageView, Collector], None]


class _Checks(NamedTuple):
    """The checks for one format; `of_key` are those on messages that have a key."""

    examples: Sequence[Callable[[ExampleView, Collector], None]]
    messages: Sequence[_MessageCheck]
    of_key: dict[str, list[_MessageCheck]]


def _checks(kind: Format) -> _Checks:
    of_key: dict[str, list[_MessageCheck]] = defaultdict(list)
    on_messages = [rule for rule in rules_of(MessageRule) if kind in rule.formats]
    for rule in on_messages:
        if rule.key is not None:
            of_key[rule.key].append(rule.check)
    return _Checks(
        [rule.check for rule in rules_of(ExampleRule) if kind in rule.formats],
        [rule.check for rule in on_messages if rule.key is None],
        dict(of_key),
    )


# Tabulated, for they are run millions of times.
_CHECKS = {kind: _checks(kind) for kind in Format}
_LINE_CHECKS = [rule.check for rule in rules_of(LineRule)]
_PART_CHECKS = [rule.check for rule in rules_of(PartRule)]
_CALL_CHECKS = [rule.check for rule in rules_of(CallRule)]
_PROVIDER_CHECKS = [rule.check for rule in rules_of(ProviderRule)]
_ROLES_RULES = rules_of(RolesRule)
_TEXT_RULES = rules_of(TextRule)


def check_line(line: JsonLine, found: Collector) -> None:
    """Say what is wrong with a line."""
    for check in _LINE_CHECKS:
        check(line, found)


def check_example(example: ExampleView, found: Collector) -> None:
    """Say what is wrong with an example, but for its texts."""
    checks = _CHECKS[example.kind]
    for check in checks.examples:
        check(example, found)
    if example.kind is Format.CHAT and example.lists:
        path, _ = example.lists[0]
        for code, index, role in order_problems(example.roles):
            found.add(code, path if index is None else (*path, index), role=role_name(role))
    if example.takes is not None:
        for provider_check in _PROVIDER_CHECKS:
            provider_check(example, example.takes, found)
    for at in example.messages:
        _check_message(at, checks, found)
    for call in example.calls:
        for check in _CALL_CHECKS:
            check(call, found)


def _check_message(at: MessageView, checks: _Checks, found: Collector) -> None:
    for check in checks.messages:
        check(at, found)
    for key in at.message:
        if key in checks.of_key:
            for check in checks.of_key[key]:
                check(at, found)
    content = at.message.get("content")
    if isinstance(content, list):
        for index, part in enumerate(content):
            view = PartView(part, (*at.path, "content", index), at.message.get("role"))
            for check in _PART_CHECKS:
                check(view, found)


@lru_cache(maxsize=4096)
def order_problems(roles: tuple[str, ...]) -> list[tuple[str, int | None, str]]:
    """What is wrong with an order of roles: code, index of the message, its role."""
    return [
        (rule.code, index, "" if index is None else roles[index])
        for rule in _ROLES_RULES
        for index in rule.check(roles)
    ]


def find_passages(buffer: TextBuffer) -> Iterator[Passage]:
    """What is wrong in the texts of a buffer, in no order."""
    for rule in _TEXT_RULES:
        yield from rule.find(buffer)


def check_file(file: WholeFile, found: Collector) -> None:
    """Say what is wrong with a file as a whole."""
    for rule in rules_of(FileRule):
        rule.check(file, found)
