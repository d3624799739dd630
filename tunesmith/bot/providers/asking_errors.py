"""Why a question got no answer, out of what servers of many makers say of it."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

from openai import APIError, APIStatusError
from pydantic import BaseModel, ConfigDict

from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers.asking import WhyNot
from tunesmith.bot.providers.openai_calls import Calling, body_of, retry_after

_SAID = {
    WhyNot.CONTEXT_OVERFLOW: "provider.context_overflow",
    WhyNot.CONTENT_FILTER: "provider.content_filter",
    WhyNot.MODEL_NOT_FOUND: "provider.model_not_found",
    WhyNot.MODEL_LOADING: "provider.model_loading",
}


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: WhyNot
    codes: tuple[str, ...]
    texts: tuple[str, ...]
    source: str
    as_of: date


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    errors: tuple[_Words, ...]


@cache
def _load() -> tuple[_Words, ...]:
    file = Path(__file__).with_name("asking_errors.toml")
    return _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).errors


def kind_of(error: APIError) -> WhyNot | None:
    """What an error means for a question; None where nothing of it is known."""
    body = body_of(error)
    inner = body.get("innererror")
    told = [body.get("code"), body.get("type")]
    if isinstance(inner, dict):
        told.append(cast("dict[str, Any]", inner).get("code"))
    said = f"{body.get('message') or ''} {error.message}".casefold()
    for words in _load():
        if any(code in words.codes for code in told) or any(
            text.casefold() in said for text in words.texts
        ):
            return words.kind
    return None


class Asking(Calling):
    """Turns the SDK's exceptions at a question into ours, with what can be done about it."""

    def __init__(self, name: str, title: str | Message, model: str) -> None:
        super().__init__(name, "chat", title)
        self._model = model

    def _translate(self, error: Exception) -> ProviderError | None:
        kind = kind_of(error) if isinstance(error, APIError) else None
        if kind is None or not isinstance(error, APIError):
            return super()._translate(error)
        said = say(_SAID[kind], provider=self._title, model=self._model)
        match kind:
            case WhyNot.MODEL_LOADING:
                after = retry_after(error) if isinstance(error, APIStatusError) else None
                return ProviderBusyError(said, kind, after)
            case WhyNot.CONTENT_FILTER if filtered := _filtered(error):
                about = {"provider": self._title, "categories": filtered}
                return ProviderError(say("provider.content_filter_for", **about), kind)
            case _:
                return ProviderError(said, kind, said=error.message)


def _filtered(error: APIError) -> list[str]:
    """The categories for which Azure's filter refused a question, in its words."""
    inner = body_of(error).get("innererror")
    found = cast("dict[str, Any]", inner).get("content_filter_result") if inner else None
    if not isinstance(found, dict):
        return []
    rows = cast("dict[str, Any]", found).items()
    return sorted(
        name
        for name, told in rows
        if isinstance(told, dict) and cast("dict[str, Any]", told).get("filtered") is True
    )
