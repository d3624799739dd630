"""`tunesmith inspect`: what the bot says about training files, at the command line."""

from tunesmith.bot.cli.inspect.command import inspect

__all__ = ["inspect"]
