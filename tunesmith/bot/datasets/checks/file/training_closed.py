"""A provider that does not train the base model any more."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile


def check(file: WholeFile, found: Collector) -> None:
    """Or, where none was asked for, any with the method; with who still trains."""
    from tunesmith.bot.providers import lifetime  # noqa: PLC0415 - helpers need no catalogue

    target = file.target
    notices = lifetime.notices(target.provider, file.today, target.entries)
    stages = {lifetime.stage(target.provider, entry, file.today) for entry in target.entries}
    if stages <= {lifetime.Stage.CLOSED, lifetime.Stage.OFF}:
        elsewhere = lifetime.elsewhere(file.catalogue, file.today, target.method)
        for notice in notices:
            found.add("training_closed", dates=notice.message, elsewhere=elsewhere)


RULE = FileRule(
    code="training_closed",
    severity=Severity.ERROR,
    check=check,
)
