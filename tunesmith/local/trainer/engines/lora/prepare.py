"""From a job's folder to a run: find the base model, read the files, make the plan."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tunesmith.local.trainer.engines.process import JobError
from tunesmith.local.trainer.jobs import TRAIN_FILE, VALID_FILE, JobSpec, Message

from .base_model import adapter_of, find, load_model, load_tokenizer, new_adapter
from .examples import Examples, read_preferences, read_supervised
from .libraries import peft
from .objectives import REFERENCE, Objective, Preference, Supervised
from .plan import Plan, make_plan
from .settings import Settings
from .template import Template

TRAINING_CODE = "invalid_training_file"
VALIDATION_CODE = "invalid_validation_file"


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that a run needs, made anew from the same files for every resume."""

    model: Any
    objective: Objective
    plan: Plan
    settings: Settings
    training: Examples
    validation: Examples | None
    messages: list[Message]
    ends: list[int]
    """The tokens that end an answer."""


def prepare(folder: Path, spec: JobSpec) -> Prepared:
    """Read a job's files and its base model. Raises JobError, FileNotFoundError."""
    try:
        settings = Settings.model_validate(spec.extra)
    except ValidationError as error:
        raise JobError("invalid_hyperparameters", str(error)) from error
    weights = find(spec.source)
    template = Template(load_tokenizer(weights))
    read = read_preferences if spec.method == "dpo" else read_supervised
    context = settings.context_length
    training = read(folder / TRAIN_FILE, TRAINING_CODE, template, context)
    if not training.items:
        raise JobError(TRAINING_CODE, "No example has an answer to learn within the context.")
    validation = None
    if (folder / VALID_FILE).exists():
        validation = read(folder / VALID_FILE, VALIDATION_CODE, template, context)
    plan = make_plan(
        spec.hyperparameters,
        spec.method,
        len(training.items),
        warmup_ratio=settings.warmup_ratio,
        seed=spec.seed,
    )
    model, messages = model_to_train(spec, settings, weights)
    return Prepared(
        model=model,
        objective=objective_of(spec, settings, model, beta=plan.beta),
        plan=plan,
        settings=settings,
        training=training,
        validation=validation if validation and validation.items else None,
        messages=[*messages, *_left_out(training, context)],
        ends=sorted(template.ends()),
    )


def objective_of(spec: JobSpec, settings: Settings, model: Any, *, beta: float) -> Objective:
    """What the job's method learns."""
    if spec.method == "dpo":
        return Preference(model, settings.packing, beta)
    return Supervised(model, settings.packing)


def model_to_train(spec: JobSpec, settings: Settings, weights: Path) -> tuple[Any, list[Message]]:
    """The base model with the adapter to train, and what is to be told of it. Raises JobError."""
    base = load_model(weights, settings.quantization)
    messages = [_tell("info", f"Training on {_where(base)}.")]
    if settings.quantization != "none":
        base = peft.prepare_model_for_kbit_training(base, use_gradient_checkpointing=False)
    if settings.gradient_checkpointing:
        base.activation_checkpointing_enable({"use_reentrant": False})
    if spec.parent is None:
        model = new_adapter(base, settings, spec.source, spec.seed)
    else:
        model = adapter_of(base, spec.parent, spec.source, trainable=True)
        if spec.method == "dpo":
            model.load_adapter(spec.parent, REFERENCE, is_trainable=False)
            model.set_adapter("default")
        rank: int = model.peft_config["default"].r
        if rank != settings.lora_rank:
            messages.append(
                _tell("warn", f"The model to go on from has rank {rank}; it stays as it is.")
            )
    return model, messages


def _where(model: Any) -> str:
    name = "the processor" if model.device.type == "cpu" else "the GPU"
    return f"{name} in {str(model.dtype).removeprefix('torch.')}"


def _left_out(training: Examples, context: int) -> list[Message]:
    messages: list[Message] = []
    if training.cut:
        messages.append(_tell("warn", f"{training.cut} example(s) were cut at {context} tokens."))
    if training.left_out:
        messages.append(
            _tell("warn", f"{training.left_out} example(s) have no answer to learn within them.")
        )
    return messages


def _tell(level: Any, text: str) -> Message:
    return Message(level=level, text=text)
