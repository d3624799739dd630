"""Is a file fit to train on? The answer is OpenAI's: its codes, and the example to blame."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from tunesmith.local.trainer.api.invalid import from_validation
from tunesmith.local.trainer.descriptor import Capability
from tunesmith.local.trainer.jobs import Method
from tunesmith.local.trainer.messages import ChatMessage, RichMessage

Param = Literal["training_file", "validation_file"]

MIN_EXAMPLES: dict[Param, int] = {"training_file": 10, "validation_file": 1}
_NAMES: dict[Param, str] = {"training_file": "training", "validation_file": "validation"}
_FORMATS: dict[Method, str] = {"supervised": "fine-tune-chat", "dpo": "fine-tune-preference"}
Row = dict[str, object]
_ROW: TypeAdapter[Row] = TypeAdapter(Row)
_MAX_LINE_BYTES = 16 * 1024 * 1024


class UnfitFileError(Exception):
    """The file cannot be used. The message is for whoever started the job, the code OpenAI's."""

    def __init__(self, param: Param, message: str, code: str) -> None:
        super().__init__(message)
        self.param = param
        self.code = code


def unfit(param: Param, problem: str) -> UnfitFileError:
    """The error for a file with a problem in it."""
    name = _NAMES[param]
    message = f"The job failed due to an invalid {name} file. {problem}"
    return UnfitFileError(param, message, f"invalid_{name}_file")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is for: a method, and an engine that can do so much."""

    method: Method
    capabilities: frozenset[Capability]

    @property
    def is_rich(self) -> bool:
        """May messages hold more than text?"""
        return bool(self.capabilities & {Capability.TOOLS, Capability.IMAGES})

    def of(self, method: Method) -> "Kind":
        """The same for another method."""
        return replace(self, method=method)


class _Answer(ChatMessage):
    role: Literal["assistant"]  # pyright: ignore[reportIncompatibleVariableOverride]


class _ChatExample(BaseModel):
    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    # A model that cannot learn to call tools must not seem to.
    tools: Annotated[list[object], Field(max_length=0)] | None = None
    functions: Annotated[list[object], Field(max_length=0)] | None = None


class _CompletionExample(BaseModel):
    prompt: str
    completion: str


class _RichExample(BaseModel):
    messages: Annotated[list[RichMessage], Field(min_length=1)]
    tools: list[dict[str, object]] | None = None
    functions: Annotated[list[object], Field(max_length=0)] | None = None


class _RichAnswer(RichMessage):
    role: Literal["assistant"]  # pyright: ignore[reportIncompatibleVariableOverride]


class _RichPreferenceExample(BaseModel):
    input: _RichExample
    preferred_output: Annotated[list[_RichAnswer], Field(min_length=1, max_length=1)]
    non_preferred_output: Annotated[list[_RichAnswer], Field(min_length=1, max_length=1)]


class _PreferenceExample(BaseModel):
    input: _ChatExample
    preferred_output: Annotated[list[_Answer], Field(min_length=1, max_length=1)]
    non_preferred_output: Annotated[list[_Answer], Field(min_length=1, max_length=1)]


def check(path: Path, kind: Kind, *, param: Param, file_id: str, stop: Event) -> None:
    """Read the whole file, a line at a time, unless `stop` is set meanwhile.

    Raises UnfitFileError, and InterruptedError where it was stopped.
    """
    examples = 0
    for number, line in _lines(path, param):
        if stop.is_set():
            raise InterruptedError
        examples += 1
        if problem := _problem(line, number, kind):
            raise unfit(param, _meant_for_other_method(line, kind, file_id) or problem)
    if examples < MIN_EXAMPLES[param]:
        raise UnfitFileError(
            param,
            f"{_NAMES[param].capitalize()} file has {examples} example(s), but must have at least"
            f" {MIN_EXAMPLES[param]} examples",
            "invalid_n_examples",
        )


def _lines(path: Path, param: Param) -> Iterator[tuple[int, bytes]]:
    """The lines that hold something, counted from 1."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(_MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > _MAX_LINE_BYTES:
                raise unfit(param, f"Line {number} is longer than {_MAX_LINE_BYTES} bytes.")
            if line.strip():
                yield number, line


def _problem(line: bytes, number: int, kind: Kind) -> str | None:
    """What is wrong with a line, if something is."""
    try:
        row = _ROW.validate_json(line)
    except ValidationError:
        return _not_a_dictionary(line, number)
    try:
        problem = (_preference_problem if kind.method == "dpo" else _supervised_problem)(row, kind)
    except ValidationError as error:
        problem = str(from_validation(error))
    return f"Invalid file format. Line {number}: {problem}" if problem else None


def _supervised_problem(row: Row, kind: Kind) -> str | None:
    if "prompt" in row:
        _CompletionExample.model_validate(row)
        return None
    messages: Sequence[ChatMessage | RichMessage]
    if kind.is_rich:
        example = _RichExample.model_validate(row)
        if problem := _beyond(example, example.messages, kind):
            return problem
        messages = example.messages
    else:
        messages = _ChatExample.model_validate(row).messages
    if any(message.role == "assistant" and message.weight for message in messages):
        return None
    return "There is no assistant message to learn."


def _preference_problem(row: Row, kind: Kind) -> str | None:
    messages: Sequence[ChatMessage | RichMessage]
    if kind.is_rich:
        pair = _RichPreferenceExample.model_validate(row)
        messages = pair.input.messages
        all_messages = [*messages, *pair.preferred_output, *pair.non_preferred_output]
        if problem := _beyond(pair.input, all_messages, kind):
            return problem
    else:
        messages = _PreferenceExample.model_validate(row).input.messages
    return "The input ends with an answer already." if messages[-1].role == "assistant" else None


def _beyond(example: _RichExample, messages: Sequence[RichMessage], kind: Kind) -> str | None:
    """What the engine cannot learn, if there is something."""
    tools = bool(example.tools) or any(message.has_tools for message in messages)
    if tools and Capability.TOOLS not in kind.capabilities:
        return "This model cannot learn tool calls."
    if any(m.has_images for m in messages) and Capability.IMAGES not in kind.capabilities:
        return "This model cannot learn from pictures."
    return None


def _not_a_dictionary(line: bytes, number: int) -> str:
    start = line[:40].decode("utf-8", "replace").strip()
    return (
        "Expected file to have JSONL format, where every line is a valid JSON dictionary."
        f' Line {number} is not a dictionary (HINT: line starts with: "{start}...").'
    )


def _meant_for_other_method(line: bytes, kind: Kind, file_id: str) -> str | None:
    """The reason, where the file would be fit for the other method."""
    method = kind.method
    other: Method = "dpo" if method == "supervised" else "supervised"
    if _problem(line, 1, kind.of(other)):
        return None
    return (
        f"Invalid file format. Input file {file_id} is in the {_FORMATS[other]} format, but the"
        f" specified fine-tuning job is not using '{other}' as the training method"
        f" (provided method={method})."
    )
