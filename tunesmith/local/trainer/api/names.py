"""Ids and model names in OpenAI's forms."""

import hashlib
import platform
import re
import secrets
import string
from functools import cache
from importlib.metadata import version

_ALPHABET = string.ascii_letters + string.digits


@cache
def fingerprint() -> str:
    """`system_fingerprint`: the same where equal seeds give equal answers, as far as is known."""
    known = f"{version('tunesmith')} {platform.machine()} {platform.python_version()}"
    return "fp_" + hashlib.sha256(known.encode()).hexdigest()[:10]


def new_id(prefix: str, length: int = 24) -> str:
    """A random id, for example `ftjob-` and 24 letters and digits."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))


def derived_id(prefix: str, *of: object) -> str:
    """The id that the same thing always has: what is recorded twice is recorded once."""
    return prefix + hashlib.sha256(repr(of).encode()).hexdigest()[:24]


def tuned_name(base_model: str, team: str, suffix: str | None) -> str:
    """`ft:BASE:TEAM:SUFFIX:ID`, where SUFFIX may be empty, as OpenAI names tuned models."""
    slug = re.sub(r"[^a-z0-9]+", "-", (suffix or "").lower()).strip("-")
    return f"ft:{base_model}:{team}:{slug}:{new_id('', 8)}"


def checkpoint_name(tuned: str, step: int) -> str:
    """The name of the model that was saved at a step."""
    return f"{tuned}:ckpt-step-{step}"
