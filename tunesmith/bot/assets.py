"""Files of the project that come with the package."""

from pathlib import Path

import tunesmith


def asset(name: str) -> Path:
    """A file of the project: beside the package in a checkout, inside it once installed."""
    package = Path(tunesmith.__file__).parent
    return package.parent / name if (package.parent / name).exists() else package / "assets" / name
