"""An evaluation for other tools, in one file."""

import io
import zipfile
from collections.abc import Sequence

from tunesmith.bot.answers.metrics.exports.inspect_task import inspect_task
from tunesmith.bot.answers.metrics.exports.promptfoo import promptfoo_yaml
from tunesmith.bot.answers.metrics.exports.row import ExportedRow
from tunesmith.bot.answers.metrics.exports.target import Target


def configurations(rows: Sequence[ExportedRow], targets: Sequence[Target], title: str) -> bytes:
    """Both configurations in a ZIP file."""
    files = {"promptfoo/promptfooconfig.yaml": promptfoo_yaml(rows, targets, title).encode()}
    for name, content in inspect_task(rows, targets, title).items():
        files[f"inspect/{name}"] = content
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # Without a moment of writing: the same rows give the same bytes.
            archive.writestr(zipfile.ZipInfo(name), content)
    return written.getvalue()
