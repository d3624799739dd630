"""What Slack sees. `register(app, services)` is the whole surface of the plug-in.

A folder for each thing a colleague does: `listeners.py` binds Bolt to functions of a few lines,
`tasks` holds what the queue does, `blocks.py` builds messages. `slack/` is what all of them use.
"""

from slack_bolt.async_app import AsyncApp

from tunesmith.bot.services import Services
from tunesmith.handlers.answer import listeners as answer
from tunesmith.handlers.dataset import listeners as dataset
from tunesmith.handlers.home import listeners as home
from tunesmith.handlers.job import listeners as job
from tunesmith.handlers.job import tasks as job_tasks
from tunesmith.handlers.schema import listeners as schema
from tunesmith.handlers.slack import addresses, errors
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.http import serving
from tunesmith.handlers.slack.inbox import Inbox
from tunesmith.handlers.slack.kinds import kinds

__all__ = ["kinds", "register", "serving"]


def register(app: AsyncApp, services: Services) -> None:
    """Mount Tunesmith in a Bolt app.

    Its commands, buttons, forms and events are the ones that `manifest.yml` lists. Listeners of
    the app itself are left alone, but for its error handler, which is set.
    """
    context = Context(services, app.client)
    inbox = Inbox()
    addresses.register(app, services.settings.slack.api_url)
    dataset.register(context, app, inbox)
    schema.register(context, app, inbox)
    job.register(context, app)
    answer.register(context, app, inbox)
    home.register(context, app)
    inbox.register(context, app)
    errors.register(context, app)
    job_tasks.subscribe(context)
    services.queue.serve(kinds, context)
