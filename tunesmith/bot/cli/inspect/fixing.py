"""`--fix`: the fixed file, and what was fixed in it."""

from dataclasses import dataclass
from pathlib import Path

import typer

from tunesmith.bot.cli.files import Source, refuse_to_overwrite, shown, written
from tunesmith.bot.cli.language import words
from tunesmith.bot.datasets import Selection
from tunesmith.bot.datasets.fix import fix_sync


@dataclass(frozen=True, slots=True)
class Fixing:
    """What is to be written, and where; nothing without `out`."""

    out: Path | None
    force: bool

    def fixed(self, given: Source, selection: Selection) -> Source:
        """The fixed file in place of the given one; tells on stderr what is different in it."""
        if self.out is None:
            return given
        refuse_to_overwrite(self.out, given, force=self.force)
        with written(self.out) as draft:
            done = fix_sync(given.path, name=given.name, selection=selection, out=draft, force=True)
        name = shown(str(self.out))
        counts = [f"{code} {count}" for code, count in done.counts.items()]
        key = "cli.inspect.fixed" if counts else "cli.inspect.nothing_to_fix"
        typer.echo(words()(key, counts=counts, name=name), err=True)
        typer.echo(done.diff(), err=True)
        return Source(name, self.out, self.out.name)
