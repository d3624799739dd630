"""The bodies and queries that the API takes, with the limits of OpenAI's API description.

What a small text model can honour is taken, what cannot change the answer is taken and ignored,
and what it cannot honour is refused: an answer must not look as if it had been.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tunesmith.local.trainer.api.objects import FilePurpose
from tunesmith.local.trainer.jobs import Auto, Method
from tunesmith.local.trainer.messages import ChatMessage

MAX_FILE_BYTES = 512 * 1024 * 1024


class Body(BaseModel):
    """A JSON body: unknown fields and wrong types are refused, as OpenAI does."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ExpiresAfter(Body):
    """When a file goes away by itself: 1 hour to 30 days after it was created."""

    anchor: Literal["created_at"]
    seconds: Annotated[int, Field(ge=3600, le=2_592_000)]


class UploadCreate(Body):
    """Announces a file that will come in parts."""

    filename: Annotated[str, Field(min_length=1, max_length=255)]
    purpose: FilePurpose
    bytes: Annotated[int, Field(ge=1, le=MAX_FILE_BYTES)]
    mime_type: str
    expires_after: ExpiresAfter | None = None


class UploadComplete(Body):
    """Names the parts in their order."""

    part_ids: Annotated[list[str], Field(min_length=1, max_length=10_000)]
    md5: str | None = None


class Hyperparameters(Body):
    """Hyperparameters with OpenAI's ranges; what is missing is `auto`.

    Any others may be the engine's own: whoever knows the engine checks `model_extra`.
    """

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    n_epochs: Annotated[int, Field(ge=1, le=50)] | Auto = "auto"
    batch_size: Annotated[int, Field(ge=1, le=256)] | Auto = "auto"
    learning_rate_multiplier: Annotated[float, Field(gt=0, allow_inf_nan=False)] | Auto = "auto"


class DpoHyperparameters(Hyperparameters):
    """The same for DPO."""

    beta: Annotated[float, Field(gt=0, le=2)] | Auto = "auto"


class SupervisedSettings(Body):
    """`method.supervised`."""

    hyperparameters: Hyperparameters = Hyperparameters()


class DpoSettings(Body):
    """`method.dpo`."""

    hyperparameters: DpoHyperparameters = DpoHyperparameters()


class MethodChoice(Body):
    """`method`: the type, and the settings of that type."""

    type: Method
    supervised: SupervisedSettings | None = None
    dpo: DpoSettings | None = None


# SQLite's JSON functions end a text at a NUL: such metadata could not be searched for.
_NO_NUL = r"^[^\x00]*$"
MetadataKey = Annotated[str, Field(max_length=64, pattern=_NO_NUL)]
MetadataValue = Annotated[str, Field(max_length=512, pattern=_NO_NUL)]


class TrainingChoice(Body):
    """A base model and how to train it. `hyperparameters` is the older place of the method's."""

    model: str
    hyperparameters: Hyperparameters = Hyperparameters()
    method: MethodChoice | None = None

    @property
    def chosen(self) -> "Chosen":
        """The method and its hyperparameters, wherever they were given."""
        if self.method and self.method.type == "dpo":
            given = self.method.dpo.hyperparameters if self.method.dpo else DpoHyperparameters()
            return Chosen("dpo", given, "method.dpo.hyperparameters")
        if self.method and self.method.supervised:
            given = self.method.supervised.hyperparameters
            return Chosen("supervised", given, "method.supervised.hyperparameters")
        return Chosen("supervised", self.hyperparameters, "hyperparameters")


class EstimateCreate(TrainingChoice):
    """Asks what a job needs on a file of so many tokens; no part of OpenAI's protocol."""

    tokens: Annotated[int, Field(ge=1, lt=2**53)]


class JobCreate(TrainingChoice):
    """Starts a fine-tuning job."""

    training_file: str
    validation_file: str | None = None
    suffix: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    metadata: Annotated[dict[MetadataKey, MetadataValue], Field(max_length=16)] | None = None
    integrations: Annotated[list[object], Field(max_length=0)] | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A method and its hyperparameters; `place` is where in the body they stand."""

    method: Method
    hyperparameters: Hyperparameters
    place: str

    @property
    def extra(self) -> dict[str, object]:
        """Those that OpenAI does not have."""
        return self.hyperparameters.model_extra or {}

    @property
    def known(self) -> dict[str, object]:
        """Those that OpenAI has too."""
        return self.hyperparameters.model_dump(exclude=set(self.extra))


class StreamOptions(Body):
    """How a stream ends and is padded; padding is never added here."""

    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class Sampling(Body):
    """What chat and plain completions have in common."""

    model: str
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    n: Annotated[int, Field(ge=1, le=128)] | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    stop: Annotated[list[str], Field(max_length=4)] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    user: str | None = None
    # Only the values that change nothing.
    frequency_penalty: Annotated[float, Field(ge=0, le=0)] | None = None
    presence_penalty: Annotated[float, Field(ge=0, le=0)] | None = None
    logit_bias: Annotated[dict[str, object], Field(max_length=0)] | None = None

    @field_validator("stop", mode="before")
    @classmethod
    def _one_stop_is_a_list(cls, stop: object) -> object:
        return [stop] if isinstance(stop, str) else stop


class TextFormat(Body):
    """The only `response_format` there is here."""

    type: Literal["text"]


class ChatCreate(Sampling):
    """Asks for an answer to a chat."""

    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    response_format: TextFormat | None = None
    modalities: list[Literal["text"]] | None = None
    tools: Annotated[list[object], Field(max_length=0)] | None = None
    functions: Annotated[list[object], Field(max_length=0)] | None = None
    # Taken and ignored: they change nothing about the answer.
    tool_choice: Literal["none", "auto"] | None = None
    function_call: Literal["none", "auto"] | None = None
    parallel_tool_calls: bool | None = None
    metadata: dict[str, str] | None = None
    prediction: object = None
    prompt_cache_key: str | None = None
    prompt_cache_options: object = None
    prompt_cache_retention: str | None = None
    safety_identifier: str | None = None
    service_tier: str | None = None
    store: bool | None = None


class CompletionCreate(Sampling):
    """Asks for the continuation of one or several texts."""

    prompt: str | Annotated[list[str], Field(min_length=1, max_length=128)] | None = None
    logprobs: Annotated[int, Field(ge=0, le=5)] | None = None
    # Only the values that change nothing.
    best_of: Annotated[int, Field(ge=1, le=1)] | None = None
    echo: Literal[False] | None = None
    suffix: Literal[""] | None = None


class PageQuery(BaseModel):
    """Which part of a list. `after` is the id of the last object of the page before."""

    model_config = ConfigDict(frozen=True)

    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=10_000)] = 20


class CheckpointsQuery(PageQuery):
    """Checkpoints come ten at a time."""

    limit: Annotated[int, Field(ge=1, le=10_000)] = 10


class FilesQuery(PageQuery):
    """Files come all at once, unless asked otherwise."""

    limit: Annotated[int, Field(ge=1, le=10_000)] = 10_000
    order: Literal["asc", "desc"] = "desc"
    purpose: str | None = None
