"""What providers refuse: data (`refusals.toml` beside this module), each with its source."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tunesmith.bot.providers.catalogue import METHODS, Method


class Refusal(BaseModel):
    """Findings, by code, for which these providers refuse a file with these methods."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    providers: tuple[str, ...]
    methods: tuple[Method, ...] = METHODS
    codes: tuple[str, ...]
    source: str
    as_of: date


class _Refusals(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    refusals: tuple[Refusal, ...]


@cache
def load_refusals() -> tuple[Refusal, ...]:
    """All that is known."""
    file = Path(__file__).with_name("refusals.toml")
    return _Refusals.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).refusals


@cache
def refused(provider: str, method: str) -> frozenset[str]:
    """The codes of findings for which a provider refuses a file with a method."""
    return frozenset(
        code
        for refusal in load_refusals()
        if provider in refusal.providers and method in refusal.methods
        for code in refusal.codes
    )


def refusing(code: str) -> list[str]:
    """The providers, by name, that refuse a file for a finding of this code."""
    found = [refusal.providers for refusal in load_refusals() if code in refusal.codes]
    return sorted({name for names in found for name in names})
