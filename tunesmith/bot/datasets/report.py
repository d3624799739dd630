"""What Tunesmith says about a training file."""

from typing import Any

from pydantic import BaseModel

from tunesmith.bot.datasets.conversion.summary import Conversion
from tunesmith.bot.datasets.costs import Cost
from tunesmith.bot.datasets.distributions import Bin, Distribution
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.pair_style import PairStyle
from tunesmith.bot.messages import StoredMessage, Text

LEAKED = "secret"
"""The code of a leaked key."""


class Finding(BaseModel):
    """One thing that is wrong. `line` is 1-based, None for the file as a whole.

    `excerpt` is the offending text, shortened, with secrets and personal data masked. Reports of
    version 0.1 hold `message` and `hint` as finished English.
    """

    code: str
    severity: Severity
    line: int | None
    path: str
    message: StoredMessage
    hint: StoredMessage
    excerpt: str = ""

    @property
    def rank(self) -> tuple[int, bool]:
        """Where its kind stands: errors first, and of these a leaked key, which is to be revoked
        whatever becomes of the file.
        """
        return list(Severity).index(self.severity), self.code != LEAKED

    def in_words(self, text: Text) -> dict[str, str | int | None]:
        """Its fields, message and hint in the words of `text`."""
        return {
            "code": self.code,
            "severity": self.severity,
            "line": self.line,
            "path": self.path,
            "message": text(self.message),
            "hint": text(self.hint),
            "excerpt": self.excerpt,
        }


class Tokens(BaseModel):
    """Exact token counts in one encoding. `assistant` is what the model learns to say.

    `histogram` is the tokens of an example, for a picture.
    """

    encoding: str
    total: int
    assistant: int
    per_example: Distribution
    assistant_per_example: Distribution
    histogram: list[Bin] = []


class Validation(BaseModel):
    """What there is to say about the validation file."""

    examples: int
    tokens: int
    sha256: str
    counts: dict[str, int]


class Report(BaseModel):
    """The whole answer about one file, as it is stored.

    `findings` holds the worst, at most 200; `counts` is exact, by code. `valid` means that
    `provider` would take the file for `method`; `only_secrets` that nothing but secrets
    stands against it, so that somebody may decide. `classes` is empty unless the answers are a few
    short labels. `conversion` says what the examples were read from where the file is no JSON Lines
    of our formats. `class_tokens` is the tokens of the longest label. `tools` are what most
    examples declare, where they declare the same, as the API takes them. `style` is how prompts and
    completions begin and end.
    """

    name: str
    format: Format
    examples: int
    sha256: str
    bytes: int
    valid: bool
    only_secrets: bool = False
    provider: str
    model: str | None
    method: str
    findings: list[Finding]
    counts: dict[str, int]
    tokens: Tokens
    messages_per_example: Distribution
    costs: list[Cost]
    system_prompt: str | None
    sample_questions: list[str]
    classes: dict[str, int] = {}
    class_tokens: int | None = None
    tools: list[dict[str, Any]] = []
    style: PairStyle | None = None
    validation: Validation | None = None
    conversion: Conversion | None = None
