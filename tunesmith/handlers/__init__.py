"""What Slack sees. `register(app, services)` is the whole surface of the plug-in."""

from slack_bolt.async_app import AsyncApp

from tunesmith.bot.services import Services
from tunesmith.handlers import (
    ask,
    errors,
    files,
    home,
    inbox,
    mend,
    overlap,
    progress,
    report,
    schemas,
    shortcut,
    split,
    start,
    tune,
)
from tunesmith.handlers.context import Context

__all__ = ["register"]


def register(app: AsyncApp, services: Services) -> None:
    """Mount Tunesmith in a Bolt app.

    Its commands, buttons, forms and events are the ones that `manifest.yml` lists. Listeners of
    the app itself are left alone, but for its error handler, which is set.
    """
    context = Context(services, app.client)
    inbox.register(context, app)
    files.register(context)
    report.register(context)
    mend.register(context, app)
    split.register(context, app)
    schemas.register(context, app)
    start.register(context, app)
    tune.register(context, app)
    overlap.register(context)
    progress.register(context)
    ask.register(context, app)
    home.register(context, app)
    shortcut.register(context, app)
    errors.register(context, app)
