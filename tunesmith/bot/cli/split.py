"""`tunesmith split`: a training file as two, one to train on and one for validation."""

from pathlib import Path
from typing import Annotated

import typer

from tunesmith.bot.cli.language import words

_text = words()


def split(
    file: Annotated[str, typer.Argument(help=_text("cli.help.split_file"))],
    *,
    training: Annotated[Path, typer.Option(help=_text("cli.help.split_training"), metavar="OUT")],
    validation: Annotated[
        Path, typer.Option(help=_text("cli.help.split_validation"), metavar="OUT")
    ],
    share: Annotated[float, typer.Option(min=0, max=1, help=_text("cli.help.split_share"))] = 0.1,
    seed: Annotated[int, typer.Option(min=0, help=_text("cli.help.split_seed"))] = 0,
    provider: Annotated[str | None, typer.Option(help=_text("cli.help.split_provider"))] = None,
    force: Annotated[bool, typer.Option("--force", help=_text("cli.help.force"))] = False,
) -> None:
    """Write both files, or neither; what exists stays without --force."""
    from tunesmith.bot.cli.files import (  # noqa: PLC0415 - --help stays quick
        refuse_to_overwrite,
        shown,
        source,
    )
    from tunesmith.bot.cli.progress import progress  # noqa: PLC0415
    from tunesmith.bot.datasets import Selection  # noqa: PLC0415
    from tunesmith.bot.datasets.split import split_sync  # noqa: PLC0415
    from tunesmith.bot.providers.catalogue import load_catalogue  # noqa: PLC0415
    from tunesmith.bot.settings import load_settings  # noqa: PLC0415

    text = words()
    selection = Selection(load_catalogue(load_settings().catalogue), provider)
    with progress(text("cli.split.splitting", name=shown(file))), source(file) as given:
        for out in (training, validation):
            refuse_to_overwrite(out, given, force=force)
        done = split_sync(
            given.path,
            name=given.name,
            selection=selection,
            training=training,
            validation=validation,
            share=share,
            seed=seed,
        )
    said = text(
        "cli.split.done",
        training=done.training,
        one=shown(str(training)),
        validation=done.validation,
        two=shown(str(validation)),
    )
    typer.echo(said)
