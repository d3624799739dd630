"""A secret in a text: a key, a token, a password.

A model repeats what it was trained on, so a key in a training file is a key given away: such a
file must not be uploaded, whoever trains.
"""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.private.secrets import find
from tunesmith.bot.datasets.rule import TextRule

RULE = TextRule(
    code="secret",
    severity=Severity.ERROR,
    find=find,
    bad="Use sk-proj-" + "aB3dE6gH9jK2" * 4 + ".",
    good="Use your key.",
)
