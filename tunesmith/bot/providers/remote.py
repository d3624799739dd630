"""What providers send of files and jobs, read leniently.

A field that we can live without is None where it is missing, or not what the protocol says: one
odd job must not hide the others.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, TypeVar, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic import WrapValidator as Wrap

from tunesmith.storage.jobs import JobStatus

T = TypeVar("T")

# Wider numbers fit no database.
_MOST = 2**63 - 1
_MOST_EPOCHS = 10_000


def or_none(value: object, read: Callable[[object], T]) -> T | None:
    """What can be read of it, or None."""
    try:
        return read(value)
    except ValidationError:
        return None


def _seconds(value: object) -> object:
    """Seconds since 1970 UTC out of a number, or of a date and time in ISO 8601."""
    return TypeAdapter(datetime).validate_python(value).timestamp()


def _day(value: object) -> object:
    """The day, in UTC, of a date or of seconds since 1970."""
    return TypeAdapter(datetime).validate_python(value).date()


def _word(value: object) -> object:
    if not isinstance(value, str) or not value:
        raise ValueError("not a word")
    return value


def _texts(value: object) -> tuple[str, ...]:
    rows = cast("list[object]", value) if isinstance(value, list) else []
    return tuple(row for row in rows if isinstance(row, str) and row)


def _as_error(value: object) -> object:
    return {"message": value} if isinstance(value, str) and value else value


def _row(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _epochs(row: dict[str, object]) -> object:
    """The number of epochs, in the settings of the job's method or in the older place."""
    method = _row(row.get("method"))
    of_method = _row(_row(method.get(str(method.get("type")))).get("hyperparameters"))
    return of_method.get("n_epochs", _row(row.get("hyperparameters")).get("n_epochs"))


_Word = Annotated[str, BeforeValidator(_word)]
_Text = Annotated[str | None, Wrap(or_none)]
_Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
_Count = Annotated[Annotated[int, Field(ge=0, le=_MOST)] | None, Wrap(or_none)]
_Epochs = Annotated[Annotated[int, Field(ge=1, le=_MOST_EPOCHS)] | None, Wrap(or_none)]
_Number = Annotated[Annotated[float, Field(allow_inf_nan=False)] | None, Wrap(or_none)]
_Money = Annotated[Annotated[Decimal, Field(ge=0)] | None, Wrap(or_none)]
_Day = Annotated[Annotated[date, BeforeValidator(_day)] | None, Wrap(or_none)]
_Time = Annotated[Annotated[float, BeforeValidator(_seconds)] | None, Wrap(or_none)]


class _Lenient(BaseModel):
    """What a provider sends; fields that it adds are passed over."""

    model_config = ConfigDict(extra="ignore")


class RemoteError(_Lenient):
    """Why a job failed, in the provider's words."""

    code: _Text = None
    message: _Text = None


class RemoteJob(_Lenient):
    """A job as the provider sees it; `status` in OpenAI's words, times in seconds since 1970.

    `billed_usd` is what the provider says that it costs, where it says so; `epochs` is how many are
    trained, once that is settled (until then it is "auto", Azure's is -1). `waiting_for` is why it
    does not train yet, where our own trainer says so. That it failed is
    `assumed` where it has finished, without a model, in a status that nobody knows.
    """

    id: _Word
    status: Annotated[JobStatus, BeforeValidator(_word)]
    created_at: _Time = None
    training_file: _Text = None
    fine_tuned_model: _Text = None
    result_files: _Texts = ()
    started_at: _Time = None
    finished_at: _Time = None
    billed_usd: _Money = None
    epochs: _Epochs = None
    assumed: bool = False
    trained_tokens: _Count = None
    estimated_finish: _Time = None
    waiting_for: _Text = None
    error: Annotated[Annotated[RemoteError, BeforeValidator(_as_error)] | None, Wrap(or_none)] = (
        None
    )

    @model_validator(mode="before")
    @classmethod
    def _epochs_of_its_method(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {"epochs": _epochs(values), **values}


class JobPage(NamedTuple):
    """A page of a provider's list of jobs: those that can be read, and where the next page begins,
    None after the last one.
    """

    jobs: list[RemoteJob]
    after: str | None


class RemoteMetric(_Lenient):
    """One training step out of a job's events, or a checkpoint (OpenAI's names of 2026-11)."""

    step: Annotated[int, Field(ge=0, le=_MOST)]
    total_steps: _Count = None
    train_loss: _Number = None
    train_mean_token_accuracy: _Number = None
    valid_loss: _Number = None
    valid_mean_token_accuracy: _Number = None
    full_valid_loss: _Number = None
    full_valid_mean_token_accuracy: _Number = None


class RemoteRow(_Lenient):
    """A row of the training file: its line in what was uploaded, and its loss after training."""

    line: Annotated[int, Field(ge=1, le=_MOST)]
    loss: Annotated[float, Field(allow_inf_nan=False)]


class RemoteEvent(_Lenient):
    """Something that the provider tells of a job; `level` is info, warn or error."""

    id: _Word
    created_at: _Time = None
    level: _Text = None
    message: _Text = None
    type: _Text = None


class RemoteCheckpoint(_Lenient):
    """A model in the middle of its training; it is asked as `fine_tuned_model_checkpoint`."""

    id: _Word
    fine_tuned_model_checkpoint: _Word
    step_number: Annotated[int, Field(ge=0, le=_MOST)]
    created_at: _Time = None
    metrics: Annotated[RemoteMetric | None, Wrap(or_none)] = None

    @model_validator(mode="before")
    @classmethod
    def _step_of_its_metrics(cls, values: dict[str, Any]) -> dict[str, Any]:
        metrics = values.get("metrics")
        if not isinstance(metrics, dict):
            return values
        step = {"step": values.get("step_number")}
        return {**values, "metrics": cast("dict[str, Any]", metrics) | step}


class RemoteTraining(_Lenient):
    """What can be trained on a base model, by the trainer in `tunesmith/local/trainer`.

    What is tuned on it can be asked with tools where it `calls_tools`. `hub` is the name of its
    weights at Hugging Face.
    """

    methods: _Texts = ()
    capabilities: _Texts = ()
    calls_tools: bool = False
    hub: _Word | None = None
    context_length: _Count = None


def _values(value: object) -> dict[str, str]:
    return {name: str(one) for name, one in _row(value).items()}


class RemoteNeeds(_Lenient):
    """What a job needs of the machine that trains: times in seconds, memory in bytes.

    `seconds` is None where the provider chooses the epochs. What does not fit would need less with
    the hyperparameters of `instead`. A cluster that does not hold the `workers` of a job holds
    `workers_most`. Nothing is known while it is being measured.
    """

    status: _Word
    fits: bool | None = None
    seconds: _Count = None
    seconds_per_epoch: _Count = None
    memory_bytes: _Count = None
    memory_total_bytes: _Count = None
    instead: Annotated[dict[str, str], BeforeValidator(_values)] = {}
    workers: _Count = None
    workers_most: _Count = None


_Training = Annotated[RemoteTraining | None, Wrap(or_none)]


class RemoteModel(_Lenient):
    """A model of the account; from `shutdown_date` on it does not answer.

    A base model that can be trained may say how: `training`.

    OpenAI names that day, Azure the second: `deprecation.inference` (its reference, "Models").
    """

    id: _Word
    shutdown_date: _Day = None
    training: _Training = None

    @model_validator(mode="before")
    @classmethod
    def _end_in_other_words(cls, values: dict[str, Any]) -> dict[str, Any]:
        ends = values.get("deprecation")
        if values.get("shutdown_date") or not isinstance(ends, dict):
            return values
        return {**values, "shutdown_date": cast("dict[str, Any]", ends).get("inference")}


R = TypeVar("R", bound=_Lenient)


def lenient(row: object, kind: type[R]) -> R | None:
    """That kind of row; None where what it needs can't be read."""
    return or_none(row, kind.model_validate)


def remote_job(row: object, status_map: dict[str, str]) -> RemoteJob:
    """A job out of what the provider sent. Raises ValidationError where it has no id or no status.

    One that has finished in a status that nobody knows has succeeded where it has a model.
    """
    remote = RemoteJob.model_validate(row)
    status = JobStatus(status_map.get(remote.status, remote.status))
    assumed = False
    if not status.is_known and remote.finished_at:
        assumed = remote.fine_tuned_model is None
        status = JobStatus.FAILED if assumed else JobStatus.SUCCEEDED
    return remote.model_copy(update={"status": status, "assumed": assumed})


def remote_metric(event: Any) -> RemoteMetric | None:
    """The training step that an event tells of; None where it tells of none."""
    if getattr(event, "type", None) != "metrics":
        return None
    return or_none(getattr(event, "data", None), RemoteMetric.model_validate)
