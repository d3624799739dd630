"""The tests' fake engine at a pace: training takes seconds, and answers come a word at a time.

A question may end in a mark, `#a1b2`: the answer then ends with it, so that each answer can be told
from the others.
"""

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.trainer_api.fake_engine import ByHeart, Script, Training
from tunesmith.local.trainer.jobs import GeneratedToken, Piece, Prompt

SLOW_EPOCHS = 50
"""With so many epochs training takes minutes, so that there is time to cancel it."""

_STEP_SECONDS, _SLOW_STEP_SECONDS = 0.3, 3.0
_WORD_SECONDS = 0.02
_MARK = re.compile(r"\s*(#\w+)$")


class _Paced(ByHeart):
    """Answers what it was taught, with the question's mark."""

    def generate(self, prompt: Prompt, **_options: Any) -> Iterator[Piece]:
        question = prompt if isinstance(prompt, str) else prompt[-1].content
        mark = _MARK.search(question)
        answer = self.known.get(_MARK.sub("", question), "unknown")
        return self._words(f"{answer} {mark[1]}" if mark else answer)

    def _words(self, answer: str) -> Iterator[Piece]:
        for place, word in enumerate(answer.split(" ")):
            time.sleep(_WORD_SECONDS)
            text = word if place == 0 else f" {word}"
            yield Piece(text, (GeneratedToken(text.encode(), -0.5, ()),))
        yield Piece("", finish_reason="stop")


def load(folder: Path) -> ByHeart:
    """The model in a folder."""
    return _Paced(json.loads((folder / "model.json").read_text()))


if __name__ == "__main__":
    training = Training(Path(sys.argv[1]))
    slow = training.epochs == SLOW_EPOCHS
    training.script = Script(step_seconds=_SLOW_STEP_SECONDS if slow else _STEP_SECONDS)
    sys.exit(training.run())
