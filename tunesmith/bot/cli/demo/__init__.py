"""`tunesmith demo`: the whole job on this machine, with no account and no key."""

from typing import Annotated

import typer

from tunesmith.bot.cli.language import words


def demo(
    *,
    leave: Annotated[bool, typer.Option("--exit", help=words()("cli.help.demo_exit"))] = False,
) -> None:
    """Start a local workspace, a local trainer and the bot, and take a tour."""
    import asyncio  # noqa: PLC0415 - as in run

    from tunesmith.bot.cli.demo.show import show  # noqa: PLC0415 - as in run

    raise typer.Exit(asyncio.run(show(leave=leave)))
