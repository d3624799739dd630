"""One JSON object a line for each file, for programs; in English whatever the locale."""

from tunesmith.bot.cli.inspect.outputs.output import Checked, Output
from tunesmith.bot.datasets.export import json_parts


class JsonOutput(Output):
    """The report with every finding, one line for each file."""

    def write(self, checked: Checked) -> None:
        """Write it piece by piece: the list may be long."""
        self.stream.flush()
        self.stream.buffer.writelines(json_parts(checked.report, checked.listed))
        self.stream.buffer.flush()


OUTPUT = JsonOutput
