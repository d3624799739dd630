"""The objects that the API answers with.

Field names, nullability and defaults are those of OpenAI's API reference and of the types in the
official `openai` package (3.52). Times are Unix seconds.
"""

import builtins
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from tunesmith.local.trainer.jobs import Auto, Scalar

FilePurpose = Literal["assistants", "batch", "fine-tune", "vision", "user_data", "evals"]
JobStatus = Literal[
    "validating_files",
    "queued",
    "running",
    "succeeded",
    "failed",
    "cancelled",
    # OpenAI sends these two although its own enum does not have them.
    "pausing",
    "paused",
]
UNFINISHED: frozenset[JobStatus] = frozenset(
    ("validating_files", "queued", "running", "pausing", "paused")
)


class Document(BaseModel):
    """Anything that has an id and is kept in the store."""

    id: str

    def shown(self) -> "Document":
        """What the API answers with, where that is less than what is kept."""
        return self


class File(Document):
    """An uploaded file, or one that a job wrote."""

    object: Literal["file"] = "file"
    bytes: int
    created_at: int
    expires_at: int | None = None
    filename: str
    purpose: FilePurpose | Literal["fine-tune-results"]
    status: Literal["uploaded", "processed", "error"] = "processed"

    @model_serializer(mode="wrap")
    def _without_expiry(self, handler: SerializerFunctionWrapHandler) -> dict[str, builtins.object]:
        # OpenAI's description has it as optional, never as null.
        return {name: value for name, value in handler(self).items() if value is not None}


class Upload(Document):
    """A file that arrives in parts. `bytes` is what was announced."""

    object: Literal["upload"] = "upload"
    bytes: int
    created_at: int
    expires_at: int
    filename: str
    purpose: FilePurpose
    status: Literal["pending", "completed", "cancelled", "expired"] = "pending"
    file: File | None = None


class UploadPart(Document):
    """A chunk of an upload."""

    object: Literal["upload.part"] = "upload.part"
    created_at: int
    upload_id: str


class JobError(BaseModel):
    """Why a job failed. `param` is the file to blame, if one is."""

    code: str
    message: str
    param: str | None = None


class ShownHyperparameters(BaseModel):
    """What was asked for, and from the start of training on, the numbers that are used.

    Beside OpenAI's there are those that the engine adds.
    """

    model_config = ConfigDict(extra="allow")

    n_epochs: Auto | int = "auto"
    batch_size: Auto | int = "auto"
    learning_rate_multiplier: Auto | float = "auto"

    @property
    def extra(self) -> dict[str, Scalar]:
        """The hyperparameters that OpenAI does not have."""
        return self.model_extra or {}


class ShownDpoHyperparameters(ShownHyperparameters):
    """The same for DPO."""

    beta: Auto | float = "auto"


class SupervisedSettings(BaseModel):
    """The part of a job's `method` that is about supervised training."""

    hyperparameters: ShownHyperparameters = ShownHyperparameters()


class DpoSettings(BaseModel):
    """The part of a job's `method` that is about DPO."""

    hyperparameters: ShownDpoHyperparameters = ShownDpoHyperparameters()


class SupervisedMethod(BaseModel):
    """Learn the answers in the file."""

    type: Literal["supervised"] = "supervised"
    supervised: SupervisedSettings = SupervisedSettings()


class DpoMethod(BaseModel):
    """Learn which of two answers is preferred."""

    type: Literal["dpo"] = "dpo"
    dpo: DpoSettings = DpoSettings()


ShownMethod = Annotated[SupervisedMethod | DpoMethod, Field(discriminator="type")]


class Job(Document):
    """A fine-tuning job."""

    object: Literal["fine_tuning.job"] = "fine_tuning.job"
    model: str
    created_at: int
    finished_at: int | None = None
    fine_tuned_model: str | None = None
    organization_id: str = "org-local"
    result_files: list[str] = []
    status: JobStatus = "validating_files"
    validation_file: str | None = None
    training_file: str
    hyperparameters: ShownHyperparameters = ShownHyperparameters()
    trained_tokens: int | None = None
    error: JobError | None = None
    user_provided_suffix: str | None = None
    seed: int
    estimated_finish: int | None = None
    waiting_for: str | None = None
    integrations: list[builtins.object] = []
    metadata: dict[str, str] | None = None
    method: ShownMethod = SupervisedMethod()

    @model_serializer(mode="wrap")
    def _waits_where_it_does(
        self, handler: SerializerFunctionWrapHandler
    ) -> dict[str, builtins.object]:
        # OpenAI has no such field: no other job shows it.
        shown: dict[str, builtins.object] = handler(self)
        if self.waiting_for is None:
            shown.pop("waiting_for", None)
        return shown


class JobEvent(Document):
    """Something that happened to a job. `data` is empty for messages."""

    object: Literal["fine_tuning.job.event"] = "fine_tuning.job.event"
    created_at: int
    level: Literal["info", "warn", "error"]
    message: str
    data: dict[str, float | int | None] = {}
    type: Literal["message", "metrics"] = "message"


class CheckpointMetrics(BaseModel):
    """What was measured at a checkpoint's step. Rewards are of DPO and shown for it alone."""

    step: int
    train_loss: float | None = None
    train_mean_token_accuracy: float | None = None
    valid_loss: float | None = None
    valid_mean_token_accuracy: float | None = None
    full_valid_loss: float | None = None
    full_valid_mean_token_accuracy: float | None = None
    train_reward_accuracy: float | None = None
    valid_reward_accuracy: float | None = None
    full_valid_reward_accuracy: float | None = None

    @model_serializer(mode="wrap")
    def _without_unmeasured(self, handler: SerializerFunctionWrapHandler) -> dict[str, float]:
        # OpenAI's description has these fields as optional, never as null.
        return {name: value for name, value in handler(self).items() if value is not None}


class JobCheckpoint(Document):
    """A model that was saved while the job ran; it can be used like the final one."""

    object: Literal["fine_tuning.job.checkpoint"] = "fine_tuning.job.checkpoint"
    created_at: int
    fine_tuned_model_checkpoint: str
    fine_tuning_job_id: str
    metrics: CheckpointMetrics
    step_number: int


class Model(Document):
    """A model that can be named in a request. `shutdown_date` is null: nothing here is retired."""

    object: Literal["model"] = "model"
    created: int
    owned_by: str
    shutdown_date: str | None = None


class Training(BaseModel):
    """What can be trained on a base model. OpenAI's models have nothing like it.

    `context_length` counts the tokens of the longest example, None where the engine names none.
    What is tuned on it can be asked with tools where it `calls_tools`: a server of its own answers.
    `hub` is the name of its weights at Hugging Face, None where they come from elsewhere.
    """

    methods: list[str]
    capabilities: list[str]
    calls_tools: bool
    hub: str | None
    context_length: int | None


class BaseModelRow(Model):
    """A base model of one of the engines."""

    training: Training


WebhookEvent = Literal[
    "fine_tuning.job.succeeded", "fine_tuning.job.failed", "fine_tuning.job.cancelled"
]


class WebhookEndpoint(Document):
    """An address that is told how jobs end."""

    object: Literal["webhook_endpoint"] = "webhook_endpoint"
    created_at: int
    updated_at: int
    event_types: list[WebhookEvent]
    name: str
    url: str
    signing_secret_hint: str


class WebhookEndpointWithSecret(WebhookEndpoint):
    """The same, where it is new."""

    signing_secret: str


class WebhookTestResult(BaseModel):
    """What an address answered to an event that was sent for a test."""

    object: Literal["webhook_endpoint.test"] = "webhook_endpoint.test"
    webhook_endpoint_id: str
    event_type: WebhookEvent
    status_code: int
    success: Literal[True] = True


class WebhookEventTypes(BaseModel):
    """The events that there are."""

    object: Literal["list"] = "list"
    data: list[WebhookEvent] = list(get_args(WebhookEvent))


class Deleted(BaseModel):
    """The answer to a deletion."""

    id: str
    object: Literal["file", "model", "webhook_endpoint.deleted"]
    deleted: bool = True
