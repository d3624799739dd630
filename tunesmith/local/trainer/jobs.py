"""The contract between the API in front and every engine that trains and answers.

A job is a folder:

    job.json      what to train: `JobSpec`
    train.jsonl   the training file, valid.jsonl the optional validation file
    control       written by the launcher while the job runs: `Control`; removed before a restart

An engine is a module that its descriptor names (see descriptor.py), and a process for each job:
`python -m MODULE JOBDIR`. It writes one `Event` per line to stdout and nothing else, logs to
stderr, and ends with an `ExitCode`. SIGTERM means `Control.PAUSE`: the process writes a resumable
state at once and leaves.

The same command on the same folder goes on where the last complete state was written, also after
SIGKILL, and reaches the same weights, bit for bit, as an undisturbed run. It then sends `Started`
with `resumed_from`, once more the latest `CheckpointSaved` up to there, and metrics of the steps
after it.

No event is lost or told twice, whatever is killed. The launcher keeps stdout in a file, so what
was told is kept. What an engine has done up to a state it tells before it writes that state, and of
a checkpoint, which comes with its state, it tells again when it goes on. What is told a second time
is known by its step, a message by its text.

Every checkpoint folder, and the folder that `Done` names, is a whole model: the engine's `load`
turns it into a `Generator`, and `JobSpec.parent` can point to it. An engine keeps the last three.
Where another server is to answer for it (servers/), a file `serving.json` may hold what that is to
be told with each request, in vLLM's words: an object, for example with `stop_token_ids`.
An engine that can say beforehand what a job needs (`measures` in its descriptor) takes
`python -m MODULE --measure FOLDER` too: the folder holds job.json alone, and one line of JSON is
written to stdout, a `Measured`. It takes a few steps on made-up rows, as full as the job's get.
An engine whose base models answer chats has a `load_base(source: ModelSource) -> Generator` too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from tunesmith.local.trainer.messages import ChatMessage

JOB_FILE = "job.json"
TRAIN_FILE = "train.jsonl"
VALID_FILE = "valid.jsonl"
CONTROL_FILE = "control"
SERVING_FILE = "serving.json"
CHECKPOINTS_KEPT = 3

Auto = Literal["auto"]
Method = Literal["supervised", "dpo"]


class ExitCode(IntEnum):
    """How an engine's process ends.

    After DISK_FULL it is started again when there may be space. A process that ends in another way,
    and without having told `Done` or `Failed`, is started again three times at the most.
    """

    DONE = 0
    FAILED = 1
    PAUSED = 3
    CANCELLED = 4
    DISK_FULL = 5


class Control(StrEnum):
    """What the control file can say."""

    PAUSE = "pause"
    CANCEL = "cancel"


class _Model(BaseModel):
    # A loss that is no number any more is told as NaN: null would be none at all.
    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="constants")


class Hyperparameters(_Model):
    """What the user asked for; `auto` is what the engine itself holds to be right for the file.

    `learning_rate_multiplier` multiplies the engine's own learning rate. `beta` is for DPO alone.
    """

    n_epochs: Annotated[int, Field(ge=1)] | Auto = "auto"
    batch_size: Annotated[int, Field(ge=1)] | Auto = "auto"
    learning_rate_multiplier: Annotated[float, Field(gt=0, allow_inf_nan=False)] | Auto = "auto"
    beta: Annotated[float, Field(gt=0, le=2)] | Auto = "auto"


class ModelSource(_Model):
    """Where a base model's weights are: in a folder of this machine, or in one that the cache of
    Hugging Face's hub has for a repository at a commit. Neither where training needs no weights.
    """

    path: Path | None = None
    hub: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")] | None = None
    revision: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")] | None = None

    @model_validator(mode="after")
    def _one_pinned_place(self) -> "ModelSource":
        if self.path and self.hub:
            raise ValueError("path and hub cannot both be given")
        if bool(self.hub) != bool(self.revision):
            raise ValueError("hub needs revision, the 40 hexadecimal digits of a commit")
        return self


Scalar = bool | int | float | str


class JobSpec(_Model):
    """What `job.json` says. `parent` is the absolute folder of the model to continue from.

    `extra` has a value for each hyperparameter that the engine's descriptor adds to OpenAI's.
    """

    id: str
    base_model: str
    source: ModelSource = ModelSource()
    parent: Path | None = None
    method: Method = "supervised"
    hyperparameters: Hyperparameters = Hyperparameters()
    extra: dict[str, Scalar] = {}
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0


class Started(_Model):
    """The file is read and the plan is made; every `auto` has become a number.

    `trained_tokens` counts the tokens that the whole run will see: those of the file, as the
    model sees them, times the epochs. `resumed_from` is the step of the state it goes on from.
    """

    event: Literal["started"] = "started"
    total_steps: int
    n_epochs: int
    batch_size: int
    learning_rate_multiplier: float
    beta: float | None = None
    trained_tokens: int
    resumed_from: int | None = None


class Measures(_Model):
    """Mean loss in nats and share of right guesses per learnt token.

    `train_*` and `valid_*` are of one batch, `full_valid_*` of the whole validation file, which is
    measured at checkpoints. DPO has a loss and a reward accuracy per pair, no token accuracy.
    """

    train_loss: float
    train_mean_token_accuracy: float | None = None
    train_reward_accuracy: float | None = None
    valid_loss: float | None = None
    valid_mean_token_accuracy: float | None = None
    valid_reward_accuracy: float | None = None
    full_valid_loss: float | None = None
    full_valid_mean_token_accuracy: float | None = None
    full_valid_reward_accuracy: float | None = None


class Metrics(Measures):
    """One training step, counted from 1."""

    event: Literal["metrics"] = "metrics"
    step: int
    total_steps: int


class CheckpointSaved(Measures):
    """An epoch, counted from 1, has ended and its model lies in `folder`, relative to the job's."""

    event: Literal["checkpoint"] = "checkpoint"
    step: int
    epoch: int
    folder: str


class Message(_Model):
    """Something that a person should know."""

    event: Literal["message"] = "message"
    level: Literal["info", "warn", "error"]
    text: str


class Done(_Model):
    """Training has ended; the tuned model lies in `folder`, relative to the job's.

    `row_losses` is the file, relative to the job's folder, that tells how much of the training
    file's rows the tuned model has not learnt: CSV with the columns `line` (from 1) and `loss` (the
    mean per learnt token in nats, or a pair's loss in DPO). None where an engine does not tell it.
    """

    event: Literal["done"] = "done"
    folder: str
    trained_tokens: int
    row_losses: str | None = None


class Failed(_Model):
    """Training cannot go on. `code` is one of OpenAI's, for example `invalid_training_file`.

    `message` is written for the person who started the job: no path, no traceback.
    """

    event: Literal["failed"] = "failed"
    code: str
    message: str


Event = Annotated[
    Started | Metrics | CheckpointSaved | Message | Done | Failed, Field(discriminator="event")
]
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


class Measured(_Model):
    """What a few steps of a job came to on this machine.

    `start_seconds` pass before the first step. `memory_bytes` is the most that was in use, of
    `memory_total_bytes`: the GPU's, or the machine's where there is none. Where the job does not
    fit, there is no pace, and `instead` names what would: hyperparameters with their values.
    """

    start_seconds: float
    tokens_per_second: float | None
    memory_bytes: int
    memory_total_bytes: int
    fits: bool = True
    instead: dict[str, Scalar] = {}


def parse_event(line: str | bytes) -> Event:
    """One line of an engine's stdout. Raises pydantic's ValidationError for anything else."""
    return _EVENT.validate_json(line)


@dataclass(frozen=True, slots=True)
class Token:
    """A token and its natural log probability under the model, before temperature and top_p."""

    bytes: bytes
    logprob: float

    @property
    def text(self) -> str:
        """The token for people; bytes that are no whole character stand as `\\xNN`."""
        return self.bytes.decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class GeneratedToken(Token):
    """A token that was chosen, with the likeliest tokens in its place, best first."""

    top: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of an answer that can be shown: `text` always is whole characters.

    It may be made of several tokens, or of none. The last piece of an answer, and only that one,
    has a `finish_reason`. All pieces' `text` joined is the answer; text from a stop sequence on,
    and the tokens that begin in it, are left out.
    """

    text: str
    tokens: tuple[GeneratedToken, ...] = ()
    finish_reason: Literal["stop", "length"] | None = None


Prompt = Sequence[ChatMessage] | str
"""A chat to answer, or a text to complete."""


class ContextLengthError(ValueError):
    """The prompt leaves no room for an answer. `limit` and `tokens` count tokens."""

    def __init__(self, limit: int, tokens: int) -> None:
        super().__init__(f"The prompt has {tokens} tokens; this model's context holds {limit}.")
        self.limit = limit
        self.tokens = tokens


class Generator(Protocol):
    """A loaded model that answers. Safe to use from several threads at once.

    Each engine's module has `load(folder: Path) -> Generator`, which raises FileNotFoundError where
    the folder has gone.
    """

    @property
    def context_length(self) -> int:
        """How many tokens prompt and answer may have together."""
        ...

    def count_tokens(self, prompt: Prompt) -> int:
        """The tokens that the model reads for this prompt."""
        ...

    def generate(
        self,
        prompt: Prompt,
        *,
        max_tokens: int | None = None,
        temperature: float = 1.0,
        top_p: float = 1.0,
        seed: int | None = None,
        stop: Sequence[str] = (),
        top_logprobs: int = 0,
    ) -> Iterator[Piece]:
        """Answer piece by piece; work is done only as pieces are asked for.

        `max_tokens` None means up to the context's end. `temperature` 0 is greedy. Equal seeds
        give equal answers. Raises ContextLengthError at the call, not at the first piece.
        """
        ...
