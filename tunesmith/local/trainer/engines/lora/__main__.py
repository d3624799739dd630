"""`python -m tunesmith.local.trainer.engines.lora [--measure] JOBDIR`; see jobs.py."""

import sys
from pathlib import Path

from tunesmith.local.trainer.engines import process
from tunesmith.local.trainer.engines.process import JobError
from tunesmith.local.trainer.jobs import ExitCode

from .measure import measure
from .run import run


def main(folder: Path) -> ExitCode:
    """Run the job in a folder."""
    return process.main(folder, run)


def main_measure(folder: Path) -> int:
    """Say what the job in a folder needs."""
    try:
        sys.stdout.write(measure(folder).model_dump_json() + "\n")
    except JobError as error:
        sys.stderr.write(f"{error}\n")
        return ExitCode.FAILED
    return ExitCode.DONE


if __name__ == "__main__":
    if sys.argv[1] == "--measure":
        sys.exit(main_measure(Path(sys.argv[2])))
    sys.exit(main(Path(sys.argv[1])))
