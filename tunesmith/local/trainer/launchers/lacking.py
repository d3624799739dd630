"""Says which modules a Python lacks: `INTERPRETER lacking.py FOLDER MODULE...`.

Any Python can run this file, whatever is installed for it.
"""

import importlib.util
import sys


def lacking(folder: str, names: "list[str]") -> "list[str]":
    """Those of the modules that are not found, also not in the folder."""
    if folder not in sys.path:
        sys.path.append(folder)
    return [name for name in names if not _is_found(name)]


def _is_found(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:  # A package around it is missing.
        return False


if __name__ == "__main__":
    sys.stdout.write(" ".join(lacking(sys.argv[1], sys.argv[2:])))
