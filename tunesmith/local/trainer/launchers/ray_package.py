"""The code that runs in a cluster, as a package: it is of the server's own version."""

import hashlib
import io
import zipfile
from pathlib import Path

import tunesmith

_ROOT = Path(tunesmith.__file__).parent
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
ENGINE = "engine"
"""The folder with the modules of an engine from outside, if its folder has some."""


def package(engine_folder: Path) -> tuple[str, bytes]:
    """The trainer's modules and those in the engine's folder: a name by content, and the zip."""
    ours = [_ROOT / "__init__.py", _ROOT / "local/__init__.py"]
    ours += sorted((_ROOT / "local/trainer").rglob("*.py"))
    files = {path: f"tunesmith/{path.relative_to(_ROOT).as_posix()}" for path in ours}
    if not engine_folder.is_relative_to(_ROOT):
        for path in sorted(engine_folder.glob("*.py")) + sorted(engine_folder.glob("[!.]*/*.py")):
            files[path] = f"{ENGINE}/{path.relative_to(engine_folder).as_posix()}"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, name in files.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), path.read_bytes())
    name = hashlib.sha256(content.getvalue()).hexdigest()[:32]
    return f"_ray_pkg_{name}.zip", content.getvalue()
