"""What an engine's descriptor says of the server that answers for its models: `[serving]`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Serving(BaseModel):
    """A server in OpenAI's shape: one at a `url`, or one that the program `vllm` starts.

    `key` is the environment variable that holds the key of a server at a URL, and `model` what that
    server calls the base model, where it has another name there. `options` are vLLM's own. Of
    `adapters` at the most are in its memory at once. With `shares_gpu` a started server stands
    back while a job of the engine trains.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, Field(pattern=r"^https?://[^\s/]+(/\S*)?$")] | None = None
    key: str | None = None
    model: str | None = None
    vllm: Annotated[str, Field(min_length=1)] | None = None
    options: tuple[str, ...] = ()
    adapters: Annotated[int, Field(ge=1, le=1024)] = 8
    shares_gpu: bool = True

    @model_validator(mode="after")
    def _one_server(self) -> "Serving":
        if (self.url is None) == (self.vllm is None):
            raise ValueError("either url or vllm is needed")
        if self.vllm and (self.key or self.model):
            raise ValueError("key and model are for a server at a url")
        if self.url and self.options:
            raise ValueError("options are for a server that vllm starts")
        return self
