"""An evaluation as a configuration of promptfoo (promptfoo.dev/docs/configuration)."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import yaml

from tunesmith.bot.answers.metrics.exports.row import ExportedRow
from tunesmith.bot.answers.metrics.exports.target import Target

# promptfoo runs a value that a prompt names as a Nunjucks template, and no other.
_TEMPLATE = ("{{", "{%", "{#")
# Of several lines: promptfoo takes a single one for an expression.
_SAME = """\
const plain = (text) => String(text).normalize('NFC').split(/\\s+/).filter(Boolean).join(' ');
return plain(output) === plain(context.vars.expected);
"""


def promptfoo_yaml(rows: Sequence[ExportedRow], targets: Sequence[Target], name: str) -> str:
    """promptfooconfig.yaml: each row asked of each target, and compared with its gold answer.

    The comparison is that of `exact_match`. Each target's key is read from the environment.
    """
    config: dict[str, Any] = {
        "description": name,
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
    return {
        "description": f"line {row.line}",
        "vars": {"messages": _literal(messages), "expected": row.gold},
    }


def _literal(text: str) -> str:
    if not any(sign in text for sign in _TEMPLATE):
        return text
    # A text that itself begins or ends such a block cannot stand in one: its braces are told one
    # by one.
    if "raw" not in text:
        return "{% raw %}" + text + "{% endraw %}"
    return text.replace("{", "{{ '{' }}")
