"""From tokens to text that can be shown: whole characters only, and nothing of a stop sequence."""

import codecs
from collections.abc import Sequence
from typing import Literal

from tunesmith.local.trainer.jobs import GeneratedToken, Piece

FinishReason = Literal["stop", "length"]


class Pieces:
    """Holds back what may still become part of a character or of a stop sequence."""

    def __init__(self, stop: Sequence[str]) -> None:
        self._stop = [text for text in stop if text]
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        # Each token that is held back, with where its characters begin in the held text.
        self._tokens: list[tuple[int, GeneratedToken]] = []

    def add(self, token: GeneratedToken) -> Piece | None:
        """What one more token lets be shown; a finish_reason where it completed a stop sequence."""
        self._tokens.append((len(self._text), token))
        self._text += self._decoder.decode(token.bytes)
        if (stopped := self._stopped()) is not None:
            return stopped
        ready = len(self._text) - self._held()
        return self._take(ready, None) if ready else None

    def finish(self, reason: FinishReason) -> Piece:
        """The rest: the model has ended its answer, or may not write more."""
        self._text += self._decoder.decode(b"", final=True)
        return self._stopped() or self._take(len(self._text), reason)

    def _stopped(self) -> Piece | None:
        places = [self._text.find(stop) for stop in self._stop]
        found = [place for place in places if place >= 0]
        return self._take(min(found), "stop") if found else None

    def _held(self) -> int:
        """How many characters at the end could begin a stop sequence."""
        longest = max(map(len, self._stop), default=0)
        for size in range(min(longest - 1, len(self._text)), 0, -1):
            if any(stop.startswith(self._text[-size:]) for stop in self._stop):
                return size
        return 0

    def _take(self, size: int, reason: FinishReason | None) -> Piece:
        taken = [token for start, token in self._tokens if start < size]
        self._tokens = [(start - size, token) for start, token in self._tokens[len(taken) :]]
        text, self._text = self._text[:size], self._text[size:]
        return Piece(text, tuple(taken), reason)
