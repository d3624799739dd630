"""What `/tune help` says."""

import re

import pytest

from tunesmith.bot.messages import text_for
from tunesmith.handlers.job.commands import help_reply

_LITERAL = {"results", "train", "model"}
"""What is typed as it stands, in any language: `model:` of a question among them."""


@pytest.mark.parametrize("language", ["ko", "zh"])
def test_only_what_is_typed_as_it_stands_is_in_english(language: str) -> None:
    words, _ = help_reply(text_for(language))
    taken = re.findall(r"^• `/\w+(?: [a-z]+)?(?: (.*?))?`", words, re.MULTILINE)
    assert len(taken) > 20
    assert set(re.findall("[a-z]+", " ".join(taken))) <= _LITERAL
