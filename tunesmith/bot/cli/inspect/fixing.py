"""`--fix`, `--dry-run` and `--diff`: the fixed file, and what is different in it."""

import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tunesmith.bot.cli.files import Source, refuse_to_overwrite, shown
from tunesmith.bot.cli.language import words
from tunesmith.bot.datasets import Selection
from tunesmith.bot.datasets.fix import fix_sync


@dataclass(frozen=True, slots=True)
class Fixing:
    """What is asked for: a file at `out`, only to be told of it, or the complete diff."""

    out: Path | None = None
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
        done = fix_sync(
            given.path,
            name=given.name,
            selection=selection,
            out=out,
            codes=codes,
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


class Fixed(NamedTuple):
    """Whether anything is different in the fixed file, and what there is to say of it."""

    differs: bool
    said: str
