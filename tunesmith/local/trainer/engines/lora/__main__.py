"""`python -m tunesmith.local.trainer.engines.lora JOBDIR` trains one job; see jobs.py."""

import sys
from pathlib import Path

from tunesmith.local.trainer.engines import process
from tunesmith.local.trainer.jobs import ExitCode

from .run import run


def main(folder: Path) -> ExitCode:
    """Run the job in a folder."""
    return process.main(folder, run)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
