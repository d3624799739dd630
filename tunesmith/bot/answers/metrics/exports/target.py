"""Whom an exported evaluation asks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A model behind an API of OpenAI's kind.

    `model` is what the provider is asked by, `shown` what people read, `base_url` ends before
    `/chat/completions`, `key_variable` is the environment variable that holds the key.
    """

    model: str
    shown: str
    base_url: str
    key_variable: str
