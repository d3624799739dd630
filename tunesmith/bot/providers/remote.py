"""What providers send of files and jobs, read leniently.

A field that we can live without is None where it is missing, or not what the protocol says: one
odd job must not hide the others.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic import WrapValidator as Wrap

from tunesmith.storage.jobs import JobStatus

T = TypeVar("T")

# Wider numbers fit no database.
_MOST = 2**63 - 1


def _or_none(value: object, read: Callable[[object], T]) -> T | None:
    try:
        return read(value)
    except ValidationError:
        return None


def _seconds(value: object) -> object:
    """Seconds since 1970 UTC out of a number, or of a date and time in ISO 8601."""
    return TypeAdapter(datetime).validate_python(value).timestamp()


def _word(value: object) -> object:
    if not isinstance(value, str) or not value:
        raise ValueError("not a word")
    return value


def _as_error(value: object) -> object:
    return {"message": value} if isinstance(value, str) and value else value


_Word = Annotated[str, BeforeValidator(_word)]
_Text = Annotated[str | None, Wrap(_or_none)]
_Count = Annotated[Annotated[int, Field(ge=0, le=_MOST)] | None, Wrap(_or_none)]
_Number = Annotated[Annotated[float, Field(allow_inf_nan=False)] | None, Wrap(_or_none)]
_Time = Annotated[Annotated[float, BeforeValidator(_seconds)] | None, Wrap(_or_none)]


class _Lenient(BaseModel):
    """What a provider sends; fields that it adds are passed over."""

    model_config = ConfigDict(extra="ignore")


class RemoteError(_Lenient):
    """Why a job failed, in the provider's words."""

    code: _Text = None
    message: _Text = None


class RemoteJob(_Lenient):
    """A job as the provider sees it; `status` in OpenAI's words, times in seconds since 1970."""

    id: _Word
    status: Annotated[JobStatus, BeforeValidator(_word)]
    created_at: _Time = None
    training_file: _Text = None
    fine_tuned_model: _Text = None
    trained_tokens: _Count = None
    estimated_finish: _Time = None
    error: Annotated[Annotated[RemoteError, BeforeValidator(_as_error)] | None, Wrap(_or_none)] = (
        None
    )


class RemoteMetric(_Lenient):
    """One training step out of a job's events (OpenAI's names of 2026-11)."""

    step: Annotated[int, Field(ge=0, le=_MOST)]
    total_steps: _Count = None
    train_loss: _Number = None
    train_mean_token_accuracy: _Number = None
    valid_loss: _Number = None
    valid_mean_token_accuracy: _Number = None
    full_valid_loss: _Number = None
    full_valid_mean_token_accuracy: _Number = None


def remote_job(row: Any, status_map: dict[str, str]) -> RemoteJob:
    """A job out of the SDK's object. Raises ValidationError where it has no id or no status."""
    remote = RemoteJob.model_validate(row.model_dump(warnings=False))
    status = status_map.get(remote.status, remote.status)
    return remote.model_copy(update={"status": JobStatus(status)})


def remote_metric(event: Any) -> RemoteMetric | None:
    """The training step that an event tells of; None where it tells of none."""
    if getattr(event, "type", None) != "metrics":
        return None
    return _or_none(getattr(event, "data", None), RemoteMetric.model_validate)
