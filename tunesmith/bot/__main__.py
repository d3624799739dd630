"""Console entry point: the `tunesmith` command."""

import atexit
import gc
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

from tunesmith.bot.datasets import workers

_INTERRUPTED = 130
_CRASHED = 3


def main() -> None:
    """Run the command.

    What went wrong is one line on stderr, and exit code 2. Only a bug leaves a traceback, and
    exit code 3.
    """
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except Exception as error:
        _report(error)
        raise SystemExit(_CRASHED) from error


def _run() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal may lack letters of a file
    if sys.argv[1:2] == ["inspect"]:
        _start_workers(sys.argv[2:])
    import typer  # noqa: PLC0415

    from tunesmith.bot.cli import app  # noqa: PLC0415
    from tunesmith.bot.cli.language import words  # noqa: PLC0415
    from tunesmith.bot.errors import TunesmithError  # noqa: PLC0415

    try:
        app()
    except TunesmithError as error:
        typer.echo(f"tunesmith: {words()(error.message)}", err=True)
        sys.exit(2)


def _report(error: Exception) -> None:
    import traceback  # noqa: PLC0415 - for a bug only
    from importlib.metadata import version  # noqa: PLC0415

    from tunesmith.bot.cli.language import words  # noqa: PLC0415

    traceback.print_exception(error)
    print(words()("cli.crash.report", version=version("tunesmith")), file=sys.stderr)  # noqa: T201


def _start_workers(arguments: list[str]) -> None:
    """Start inspect's worker processes before the command line is imported: 0.1 s earlier."""
    # Pydantic would look for plugins in the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's own threads would be in the way
    workers.start_ahead(max(map(_size, arguments), default=0), "o200k_base")
    atexit.register(gc.freeze)  # or Python looks through everything for garbage at its end


def _size(argument: str) -> int:
    """The bytes of the file that an argument names; 0 where it names none."""
    with suppress(OSError, ValueError):
        return Path(argument).stat().st_size
    return 0


if __name__ == "__main__":
    main()
