"""`--fix`, `--to`, `--dry-run` and `--diff`: the fixed file, and what is different in it."""

import sys
import tempfile
from collections.abc import Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tunesmith.bot.cli.files import Source, refuse_to_overwrite, shown
from tunesmith.bot.cli.language import words
from tunesmith.bot.datasets import Selection
from tunesmith.bot.datasets.conversion.convert import convert_sync
from tunesmith.bot.datasets.fix import fix_sync
from tunesmith.bot.datasets.formats import Format

TO_CHAT = "format_not_trained"
"""Its fix turns pairs into chat; not where pairs were asked for."""


@dataclass(frozen=True, slots=True)
class Fixing:
    """What is asked for: a file at `out`, only to be told of it, or the complete diff.

    `to` is the format that the file is first converted to.
    """

    out: Path | None = None
    to: Format | None = None
    dry_run: bool = False
    diff: bool = False
    force: bool = False

    @property
    def wanted(self) -> bool:
        """Whether anything is to be fixed or told."""
        return self.out is not None or self.dry_run or self.diff

    @property
    def written(self) -> Path | None:
        """Where the fixed file is written."""
        return None if self.dry_run else self.out

    def fix(self, given: Source, selection: Selection, codes: Collection[str]) -> "Fixed":
        """Do it for a file, with the fixes of `codes`; the complete diff is written to stdout.

        Raises DatasetError where the file cannot be fixed, or something stands in the way.
        """
        out = self.written
        if out is not None:
            refuse_to_overwrite(out, given, force=self.force)
        with self._converted(given, selection) as converted:
            done = fix_sync(
                converted.path,
                name=converted.name,
                selection=selection,
                out=out,
                codes=codes if self.to is None else set(codes) - {TO_CHAT},
                diff=sys.stdout if self.diff else None,
                force=self.force,
            )
        text = words()
        counts = [f"{code} {count}" for code, count in done.counts.items()]
        key = ("fixed" if out else "would_fix") if counts else "nothing_to_fix"
        said = [text(f"cli.inspect.{key}", counts=counts, name=given.shown)]
        if done.changes and not self.diff:
            said.append(done.diff())
        if out is not None:
            said.append(text("cli.inspect.written", name=shown(str(out))))
        return Fixed(bool(counts), "\n".join(said))

    @contextmanager
    def _converted(self, given: Source, selection: Selection) -> Generator[Source]:
        """The file in the format that is asked for."""
        if self.to is None:
            yield given
            return
        with tempfile.TemporaryDirectory(prefix="tunesmith-") as folder:
            path = Path(folder) / "converted.jsonl"
            convert_sync(given.path, name=given.name, selection=selection, out=path, to=self.to)
            yield Source(given.shown, path, path.name)


class Fixed(NamedTuple):
    """Whether anything is different in the fixed file, and what there is to say of it."""

    differs: bool
    said: str
