"""An evaluation as a configuration of promptfoo (promptfoo.dev/docs/configuration)."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson
import yaml

from tunesmith.bot.answers.metrics.exports.row import ExportedRow
from tunesmith.bot.answers.metrics.exports.target import Target

# promptfoo runs a value that a prompt names as a Nunjucks template, and no other.
_TEMPLATE = ("{{", "{%", "{#")
# Of several lines: promptfoo takes a single one for an expression. Calls come as objects, their
# arguments as text; those of a gold answer are told in the canonical form of `KnownRow.gold`.
_SAME = """\
const plain = (text) => String(text).normalize('NFC').split(/\\s+/).filter(Boolean).join(' ');
const sorted = (value) => Array.isArray(value) ? value.map(sorted)
  : value && typeof value === 'object'
    ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]))
    : value;
const parsed = (text) => { try { return JSON.parse(text); } catch { return text; } };
const called = ({ name, arguments: said }) => ({ name, arguments: parsed(said) });
const canonical = (value) => JSON.stringify(sorted(value));
if (typeof output === 'string') return plain(output) === plain(context.vars.expected);
const calls = Array.isArray(output) ? output : output.tool_calls || [];
const said = [output.content || '', { calls: calls.map((call) => called(call.function)) }];
return canonical(said) === canonical(parsed(context.vars.expected));
"""


def promptfoo_yaml(rows: Sequence[ExportedRow], targets: Sequence[Target], name: str) -> str:
    """promptfooconfig.yaml: each row asked of each target, and compared with its gold answer.

    The comparison is that of `exact_match`. Each target's key is read from the environment.
    """
    config: dict[str, Any] = {
        "description": str(name),  # PyYAML writes no subclass of str, which rendered texts are
        "prompts": [{"id": "messages", "label": "messages", "raw": "{{ messages | safe }}"}],
        "providers": [_provider(target) for target in targets],
        "defaultTest": {
            "assert": [{"type": "javascript", "metric": "exact_match", "value": _SAME}]
        },
        "tests": [_test(row) for row in rows],
    }
    return yaml.safe_dump(config, allow_unicode=True, sort_keys=False, width=10_000)


def _provider(target: Target) -> dict[str, Any]:
    return {
        "id": f"openai:chat:{target.model}",
        "label": target.shown,
        "config": {
            "apiBaseUrl": target.base_url,
            "apiKeyEnvar": target.key_variable,
            "temperature": 0,
        },
    }


def _test(row: ExportedRow) -> Mapping[str, Any]:
    messages = orjson.dumps([dict(one) for one in row.messages]).decode()
    test: dict[str, Any] = {
        "description": f"line {row.line}",
        "vars": {"messages": _literal(messages), "expected": row.gold},
    }
    if row.tools:
        test["options"] = {"tools": _literals([dict(tool) for tool in row.tools])}
    return test


def _literals(value: Any) -> Any:
    """The same with each of its texts literal; promptfoo 0.123 renders those of tools twice."""
    if isinstance(value, str):
        return _literal(_literal(value))
    if isinstance(value, list):
        return [_literals(one) for one in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: _literals(one) for key, one in cast("dict[str, Any]", value).items()}
    return value


def _literal(text: str) -> str:
    if not any(sign in text for sign in _TEMPLATE):
        return text
    # A text that itself begins or ends such a block cannot stand in one: its braces are told one
    # by one.
    if "raw" not in text:
        return "{% raw %}" + text + "{% endraw %}"
    return text.replace("{", "{{ '{' }}")
