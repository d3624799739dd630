"""One finding a line, for grep, editors and other programs that read lines."""

from typing import TextIO

from tunesmith.bot.cli.inspect.outputs.output import Checked, Output, one_line
from tunesmith.bot.cli.inspect.outputs.summary import summary
from tunesmith.bot.cli.language import words


class TextOutput(Output):
    """`file:line: code message [fixable]`, then a summary of all files."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._checked: list[Checked] = []

    def write(self, checked: Checked) -> None:
        """A line for each finding; those of the whole file have no line number."""
        text = words()
        mark, name = f" [{text('cli.inspect.fixable')}]", checked.report.name
        more = sum(checked.report.counts.values())
        for finding in checked.findings():
            more -= 1
            place = name if finding.line is None else f"{name}:{finding.line}"
            ending = mark if finding.code in checked.fixable else ""
            self.stream.write(f"{place}: {finding.code} {one_line(finding, text)}{ending}\n")
        if more:
            self.stream.write(f"{name}: {text('cli.inspect.not_listed', count=more)}\n")
        self._checked.append(checked)

    def end(self) -> None:
        """What was found in all, and how many of the files a provider takes."""
        if not self._checked:
            return
        text = words()
        said = text(
            "cli.inspect.valid_of",
            valid=sum(checked.report.valid for checked in self._checked),
            count=len(self._checked),
            provider=self._checked[0].report.provider,
        )
        self.stream.write("".join(f"{line}\n" for line in (*summary(self._checked, text), said)))


OUTPUT = TextOutput
