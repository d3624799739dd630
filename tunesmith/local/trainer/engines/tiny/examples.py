"""Training files: JSON lines to sequences of tokens.

A chat is `<|begin|>`, then for each message its role's token, its text and `<|end|>`. A prompt with
its completion is `<|begin|>`, the prompt, the completion and `<|end|>`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, BaseModel, Field

from tunesmith.local.trainer.engines.process import JobError
from tunesmith.local.trainer.engines.rows import json_lines, validated
from tunesmith.local.trainer.jobs import Prompt
from tunesmith.local.trainer.messages import ChatMessage

from .arrays import Tokens
from .tokenizer import ASSISTANT, BEGIN, END, SYSTEM, USER, Tokenizer

CONTEXT = 2048

# Some ten minutes of training per epoch on two cores, and 200 MB of memory for the examples.
_BYTES_MOST = 32 * 2**20

_ROLES = {"system": SYSTEM, "developer": SYSTEM, "user": USER, "assistant": ASSISTANT}


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of an example: the special before it, its text, and the special that ends it."""

    role: int | None
    text: str
    learnt: bool
    ended: bool = True


@dataclass(frozen=True, slots=True)
class Example:
    """Something to learn: its line in the file (from 1), where the text came from, and its tokens
    without noise.
    """

    line: int
    segments: tuple[Segment, ...]
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Preference:
    """One prompt with the answer that people prefer and the one that they don't; its line in the
    file, from 1.
    """

    line: int
    preferred: Tokens
    other: Tokens


class ChatRow(BaseModel):
    """A line of a chat file."""

    messages: list[ChatMessage] = Field(min_length=1)

    def segments(self) -> tuple[Segment, ...]:
        """The chat's messages; only assistants' are learnt, and only those of weight 1."""
        return tuple(
            Segment(_ROLES[one.role], one.content, one.role == "assistant" and one.weight == 1)
            for one in self.messages
        )


class CompletionRow(BaseModel):
    """A line of a prompt/completion file."""

    prompt: str
    completion: str

    def segments(self) -> tuple[Segment, ...]:
        """The prompt and, to be learnt, its completion."""
        return (
            Segment(None, self.prompt, learnt=False, ended=False),
            Segment(None, self.completion, learnt=True),
        )


def _by_assistant(message: ChatMessage) -> ChatMessage:
    if message.role != "assistant":
        raise ValueError("an answer's role must be assistant")
    return message


_Answer = Annotated[ChatMessage, AfterValidator(_by_assistant)]


class PreferenceRow(BaseModel):
    """A line of a preference file, in OpenAI's DPO format."""

    input: ChatRow
    preferred_output: list[_Answer] = Field(min_length=1, max_length=1)
    non_preferred_output: list[_Answer] = Field(min_length=1, max_length=1)

    def tokens(self, line: int, tokenizer: Tokenizer) -> Preference:
        """The prompt with each of the two answers, of which only the answer is learnt."""
        prompt = [replace(segment, learnt=False) for segment in self.input.segments()]

        def answered(answer: ChatMessage) -> Tokens:
            return tokens_of([*prompt, Segment(ASSISTANT, answer.content, learnt=True)], tokenizer)

        return Preference(
            line,
            answered(self.preferred_output[0]),
            answered(self.non_preferred_output[0]),
        )


Row = ChatRow | CompletionRow


def read_rows(path: Path, code: str) -> Iterator[tuple[int, Row]]:
    """Each chat or prompt/completion of a file, after its line. Raises JobError with this code."""
    for number, row in _lines(path, code):
        yield number, validated(CompletionRow if "prompt" in row else ChatRow, row, number, code)


def read_preferences(path: Path, code: str) -> Iterator[tuple[int, PreferenceRow]]:
    """Each preference of a file, after its line. Raises JobError with this code."""
    for number, row in _lines(path, code):
        yield number, validated(PreferenceRow, row, number, code)


def _lines(path: Path, code: str) -> Iterator[tuple[int, dict[str, object]]]:
    if path.stat().st_size > _BYTES_MOST:
        limit = _BYTES_MOST // 2**20
        raise JobError(code, f"The file is larger than {limit} MB, too much for a model this tiny.")
    return json_lines(path, code)


def assemble(parts: Sequence[tuple[Segment, list[int]]]) -> Tokens:
    """Segments with the ids of their texts to one sequence, cut at the context's end."""
    ids, learnt = [BEGIN], [False]
    for segment, text in parts:
        role = [] if segment.role is None else [segment.role]
        end = [END] if segment.ended else []
        ids += [*role, *text, *end]
        learnt += [False] * len(role) + [segment.learnt] * (len(text) + len(end))
    return Tokens(np.array(ids[:CONTEXT]), np.array(learnt[:CONTEXT]))


def tokens_of(segments: Sequence[Segment], tokenizer: Tokenizer) -> Tokens:
    """The tokens of an example's segments."""
    return assemble([(segment, tokenizer.encode(segment.text)) for segment in segments])


def encode_prompt(prompt: Prompt, tokenizer: Tokenizer) -> list[int]:
    """What the model reads before it answers: a chat opens the assistant's turn, a text does not.

    Never cut: the caller says what happens to a prompt beyond the context.
    """
    if isinstance(prompt, str):
        return [BEGIN, *tokenizer.encode(prompt)]
    ids = [BEGIN]
    for message in prompt:
        ids += [_ROLES[message.role], *tokenizer.encode(message.content), END]
    return [*ids, ASSISTANT]
