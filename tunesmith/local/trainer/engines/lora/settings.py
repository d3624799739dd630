"""What a job of this engine can ask for beside OpenAI's hyperparameters."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """The descriptor's hyperparameters, with its defaults.

    `context_length` and `micro_batch_tokens` count tokens: the longest sequence, and as many as go
    through the model at once. `packing` puts sequences one after the other instead of padding them;
    they do not see each other, and what is learnt is the same.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    lora_rank: int = 16
    lora_alpha: int = 32
    lora_dropout: float = 0.0
    target_modules: str = "all-linear"
    context_length: int = 2048
    packing: bool = True
    micro_batch_tokens: int = 8192
    warmup_ratio: float = 0.03
    gradient_checkpointing: bool = True
    quantization: Literal["none", "4bit"] = "none"
