"""Graders of reinforcement fine-tuning, as somebody types them.

Source: OpenAI's API reference, "Graders", and its guide (developers.openai.com/api/docs/guides/
graders, 2026-11). The guide names the graders of a multi-grader; the reference has one alone: both
are taken.
"""

import json
import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from tunesmith.bot.jobs.limits import RefusedError
from tunesmith.bot.messages import Message, say

MOST_LETTERS = 3_000
"""What Slack takes in a field that is typed into."""

_TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_VARIABLE = re.compile(r"\s*(item|sample)\.([^\s.\[|]+).*", re.DOTALL)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Grader(_Strict):
    name: str = Field(min_length=1)


class _StringCheck(_Grader):
    type: Literal["string_check"]
    input: str
    reference: str
    operation: Literal["eq", "ne", "like", "ilike"]


class _TextSimilarity(_Grader):
    type: Literal["text_similarity"]
    input: str
    reference: str
    evaluation_metric: Literal[
        "cosine",
        "fuzzy_match",
        "bleu",
        "gleu",
        "meteor",
        "rouge_1",
        "rouge_2",
        "rouge_3",
        "rouge_4",
        "rouge_5",
        "rouge_l",
    ]
    pass_threshold: float | None = None


class _Python(_Grader):
    type: Literal["python"]
    source: str = Field(min_length=1)
    image_tag: str | None = None


class _Input(_Strict):
    role: Literal["user", "assistant", "system", "developer"]
    content: str | dict[str, Any] | list[str | dict[str, Any]]
    type: Literal["message"] | None = None


class _ScoreModel(_Grader):
    type: Literal["score_model"]
    model: str = Field(min_length=1)
    input: list[_Input] = Field(min_length=1)
    range: list[float] | None = Field(default=None, min_length=2, max_length=2)
    sampling_params: dict[str, Any] | None = None
    pass_threshold: float | None = None


class _LabelModel(_Grader):
    type: Literal["label_model"]
    model: str = Field(min_length=1)
    input: list[_Input] = Field(min_length=1)
    labels: list[str] = Field(min_length=1)
    passing_labels: list[str] = Field(min_length=1)


_One: TypeAlias = _StringCheck | _TextSimilarity | _Python | _ScoreModel
_Part = Annotated[_One | _LabelModel, Field(discriminator="type")]


class _Multi(_Grader):
    type: Literal["multi"]
    graders: dict[str, _Part] | _Part
    calculate_output: str = Field(min_length=1)


_ANY: TypeAdapter[Any] = TypeAdapter(Annotated[_One | _Multi, Field(discriminator="type")])


def same_answer(field: str) -> dict[str, Any]:
    """A grader that wants what stands in that field of the row, letter by letter."""
    return {
        "type": "string_check",
        "name": "same_answer",
        "operation": "eq",
        "input": "{{sample.output_text}}",
        "reference": f"{{{{item.{field}}}}}",
    }


def read_grader(typed: str, fields: Sequence[str] = ()) -> dict[str, Any]:
    """The grader that somebody typed as JSON. Raises RefusedError where a provider would not take
    it, or where it names a field that the rows do not have: at what place, and why.

    `fields` are those of the rows; none where they are not known.
    """
    try:
        grader = json.loads(typed)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise RefusedError({"grader": say("form.grader_not_json", line=line)}) from error
    try:
        _ANY.validate_python(grader)
    except ValidationError as error:
        raise RefusedError({"grader": _wrong(error)}) from error
    if wrong := _wrong_variable(grader, fields):
        raise RefusedError({"grader": wrong})
    return cast("dict[str, Any]", grader)


def _wrong(error: ValidationError) -> Message:
    """What is wrong at the first place where something is."""
    first = error.errors()[0]
    at = ".".join(str(part) for part in first["loc"])
    keys = {"missing": "form.grader_missing", "extra_forbidden": "form.grader_extra"}
    if key := keys.get(first["type"]):
        return say(key, at=at)
    return say("form.grader_wrong", at=at or "type", said=first["msg"])


def _wrong_variable(grader: object, fields: Sequence[str]) -> Message | None:
    """What is wrong with the first template in it that names neither a field of the row nor one of
    the answer.
    """
    if isinstance(grader, dict):
        inner = cast("dict[str, object]", grader)
        # A program may have braces of its own.
        texts = [value for key, value in inner.items() if key != "source"]
    elif isinstance(grader, list):
        texts = cast("list[object]", grader)
    else:
        found = _TEMPLATE.findall(grader) if isinstance(grader, str) else []
        return next((said for one in found if (said := _wrong_name(one, fields))), None)
    return next((said for text in texts if (said := _wrong_variable(text, fields))), None)


def _wrong_name(variable: str, fields: Sequence[str]) -> Message | None:
    named = _VARIABLE.fullmatch(variable)
    if named is None:
        return say("form.grader_variable", name=variable.strip())
    if named[1] == "item" and fields and named[2] not in fields:
        return say("form.grader_field", name=named[2], fields=list(fields))
    return None
