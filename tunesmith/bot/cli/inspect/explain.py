"""`tunesmith inspect explain CODE`: what a finding means, an example of bad and good, its fix."""

import json
from collections.abc import Iterator, Sequence

import typer

from tunesmith.bot.cli.inspect.codes import known
from tunesmith.bot.cli.inspect.rule_words import rule_words
from tunesmith.bot.cli.language import words
from tunesmith.bot.datasets.rule import Rule
from tunesmith.bot.datasets.rules import RULES
from tunesmith.bot.messages import Text
from tunesmith.bot.providers.refusals import refusing


def explain(codes: Sequence[str]) -> None:
    """Explain codes; without one, list all of them. Raises BadParameter for one that is unknown."""
    text = words()
    if codes:
        rules = [RULES[known(code)] for code in codes]
        typer.echo("\n\n".join("\n".join(_explained(rule, text)) for rule in rules))
        return
    width = max(map(len, RULES))
    for code, rule in RULES.items():
        mark = f" [{text('cli.inspect.fixable')}]" if rule.fixable else ""
        said = rule_words(text.language, "message", code)
        typer.echo(f"{code:{width}}  {rule.severity:7}  {said}{mark}")


def _explained(rule: Rule, text: Text) -> Iterator[str]:
    yield f"{rule.code} ({text(f'cli.explain.{rule.severity}')})"
    yield ""
    yield f"  {rule_words(text.language, 'message', rule.code)}"
    yield f"  → {rule_words(text.language, 'hint', rule.code)}"
    if by := refusing(rule.code):
        yield "  " + text("cli.explain.refused_by", providers=by)
    yield ""
    for kind in ("bad", "good"):
        if (sample := getattr(rule, kind, None)) is not None:
            yield text(f"cli.explain.{kind}", sample=_written(sample))
    yield text("cli.explain.fix", said=_fix(rule, text))


def _written(sample: object) -> str:
    """A sample as it stands in a file."""
    if isinstance(sample, bytes):
        return sample.decode(errors="backslashreplace")
    return json.dumps(sample, ensure_ascii=False)


def _fix(rule: Rule, text: Text) -> str:
    if not rule.fixable:
        return text("cli.explain.not_fixable")
    fixed = rule_words(text.language, "fixed", rule.code)
    key = "on_request" if rule.on_request else "fixable"
    return text(f"cli.explain.{key}", said=fixed, code=rule.code)
