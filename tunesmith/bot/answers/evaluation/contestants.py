"""Who is asked in an evaluation, and what that costs."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from tunesmith.bot.messages import StoredMessage
from tunesmith.storage.evaluation_values import Evaluation

Label = Literal["tuned", "base", "few_shot", "golden"]
"""The model that is measured; its base model, asked like it; the base model with a better prompt
and examples; and the answers that were recorded of another model.
"""

_MILLION = Decimal(1_000_000)


class Contestant(BaseModel):
    """One who answers every row.

    `ref` is `AskedModel.ref`, "" where nothing is asked because the answers are recorded ones.
    `input_tokens` is what its prompts have in all, `output_tokens` what its answers have if they
    are as long as the expected ones; None where they can't be counted for it. `usd` is what that
    costs, None where that is not known. `gone` is why it is asked no more.
    """

    model_config = ConfigDict(frozen=True)

    label: Label
    ref: str
    provider: str
    shown: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    usd: Decimal | None = None
    gone: StoredMessage | None = None

    @property
    def is_asked(self) -> bool:
        """Whether it is asked anything."""
        return bool(self.ref) and self.gone is None


def contestants_of(evaluation: Evaluation) -> list[Contestant]:
    """Who is asked, the measured model first."""
    return [Contestant.model_validate(row) for row in evaluation.contestants]


def stored(contestants: Sequence[Contestant]) -> list[dict[str, object]]:
    """As an evaluation's row keeps them."""
    return [each.model_dump(mode="json") for each in contestants]


def total_usd(contestants: Sequence[Contestant]) -> Decimal | None:
    """What asking all of them costs; None where that is not known of one."""
    known = [each.usd for each in contestants]
    return None if None in known else sum((usd for usd in known if usd), Decimal(0))
