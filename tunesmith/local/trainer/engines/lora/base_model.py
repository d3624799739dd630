"""The base model: found on this machine, loaded as it can hold it, and given an adapter."""

import logging
from pathlib import Path
from typing import Any

from tunesmith.local.trainer.engines.process import JobError
from tunesmith.local.trainer.jobs import ModelSource

from .libraries import huggingface_hub, peft, torch, transformers
from .settings import Settings

MISSING_CODE = "model_not_available"
_logger = logging.getLogger(__name__)


def device() -> Any:
    """Where the model is worked with."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def find(source: ModelSource) -> Path:
    """The folder of a base model's weights. Raises JobError, which says how to get them."""
    if source.hub:
        try:
            found = huggingface_hub.snapshot_download(
                source.hub, revision=source.revision, local_files_only=True
            )
        except FileNotFoundError as error:  # What huggingface_hub raises is one.
            raise JobError(
                MISSING_CODE,
                f"The base model {source.hub} at revision {source.revision} is not on this machine,"
                " and nothing is downloaded unasked. Get it there with: hf download"
                f" {source.hub} --revision {source.revision}",
            ) from error
        return Path(found)
    if source.path is None:
        raise JobError(MISSING_CODE, "The engine's descriptor does not say where the weights are.")
    if not (source.path / "config.json").exists():
        raise JobError(
            MISSING_CODE,
            f"The base model's folder {source.path.name} is not on this machine, or has no"
            " config.json. Put the model there, as Hugging Face's libraries save it, or change the"
            " path in the engine's descriptor.",
        )
    return source.path


def load_tokenizer(folder: Path) -> Any:
    """The base model's own tokenizer. Raises JobError."""
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError) as error:
        raise _unreadable("tokenizer", error) from error
    if not tokenizer.is_fast:
        raise JobError(
            MISSING_CODE,
            "The base model's tokenizer cannot say which text a token stands for (it has no"
            " tokenizer.json), so it cannot be told what is to be learnt.",
        )
    return tokenizer


def load_model(folder: Path, quantization: str = "none") -> Any:
    """The weights, in bfloat16 or 4 bits where the GPU has it, else in float32. Raises JobError."""
    transformers.utils.logging.disable_progress_bar()
    where = device()
    options: dict[str, Any] = {"dtype": torch.float32}
    if where.type == "cuda" and torch.cuda.is_bf16_supported():
        options["dtype"] = torch.bfloat16
    if quantization == "4bit":
        options["quantization_config"] = _four_bits(where)
        options["device_map"] = {"": where}
    try:
        model = transformers.AutoModelForCausalLM.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, use_safetensors=True, **options
        )
    except (OSError, ValueError) as error:
        raise _unreadable("weights", error) from error
    return model if quantization == "4bit" else model.to(where)


def _unreadable(what: str, error: Exception) -> JobError:
    """The libraries' own words name folders: they are for the log."""
    _logger.error("The base model's %s cannot be read: %s", what, error)
    return JobError(
        MISSING_CODE,
        f"The base model's {what} cannot be read ({type(error).__name__}; the engine's log tells"
        " more). Code and pickled weights that a model brings along are not used.",
    )


def _four_bits(where: Any) -> Any:
    if where.type != "cuda" or not transformers.utils.is_bitsandbytes_available():
        raise JobError(
            "invalid_hyperparameters",
            "quantization 4bit needs an NVIDIA GPU and the package bitsandbytes, which this machine"
            " does not have. Leave it at none.",
        )
    return transformers.BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def new_adapter(model: Any, settings: Settings, source: ModelSource, seed: int) -> Any:
    """The model with a new adapter, which changes nothing yet. Raises JobError."""
    named = settings.target_modules
    listed = [part.strip() for part in named.split(",")]
    config = peft.LoraConfig(
        task_type="CAUSAL_LM",
        r=settings.lora_rank,
        lora_alpha=settings.lora_alpha,
        lora_dropout=settings.lora_dropout,
        target_modules=named if named == "all-linear" else listed,
    )
    torch.manual_seed(seed)
    try:
        tuned = peft.get_peft_model(model, config)
    except ValueError as error:
        raise JobError("invalid_hyperparameters", f"target_modules: {error}") from error
    _name_base(tuned, source)
    return tuned


def adapter_of(model: Any, folder: Path, source: ModelSource, *, trainable: bool) -> Any:
    """The model with an adapter that was trained before. Raises JobError where it has gone."""
    if not (folder / "adapter_config.json").exists():
        raise JobError("model_not_found", "The model to continue from is gone.")
    tuned = peft.PeftModel.from_pretrained(
        model, folder, is_trainable=trainable, local_files_only=True
    )
    _name_base(tuned, source)
    return tuned


def _name_base(tuned: Any, source: ModelSource) -> None:
    """What other programs read in an adapter's folder to find its base model."""
    config = tuned.peft_config["default"]
    config.base_model_name_or_path = source.hub or str(source.path)
    config.revision = source.revision
