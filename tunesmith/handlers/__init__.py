"""What Slack sees. `register(app, services)` is the whole surface of the plug-in.

A folder for each thing a colleague does: `listeners.py` binds Bolt to functions of a few lines,
`tasks` holds what the queue does, `blocks.py` builds messages. `slack/` is what all of them use.
"""

from functools import partial

from slack_bolt.async_app import AsyncApp

from tunesmith.bot.services import Services
from tunesmith.handlers.answer import listeners as answer
from tunesmith.handlers.comparison import listeners as comparison
from tunesmith.handlers.correction import listeners as correction
from tunesmith.handlers.dataset import listeners as dataset
from tunesmith.handlers.dataset.tasks import deleted, split
from tunesmith.handlers.evaluation import listeners as evaluation
from tunesmith.handlers.home import listeners as home
from tunesmith.handlers.job import approval, surprises
from tunesmith.handlers.job import commands as job_commands
from tunesmith.handlers.job import listeners as job
from tunesmith.handlers.job import tasks as job_tasks
from tunesmith.handlers.model import moving, unused
from tunesmith.handlers.schema import listeners as schema
from tunesmith.handlers.slack import catch_up, requests
from tunesmith.handlers.slack.authorization import authorization
from tunesmith.handlers.slack.catch_up import arm_catch_up
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.http import serving
from tunesmith.handlers.slack.installation import check_app_token, check_installation
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.socket import serve as socket_mode

__all__ = [
    "arm_catch_up",
    "authorization",
    "check_app_token",
    "check_installation",
    "kinds",
    "register",
    "serving",
    "socket_mode",
]


def register(app: AsyncApp, services: Services) -> None:
    """Mount Tunesmith in a Bolt app.

    Its commands, buttons, forms and events are the ones that `manifest.yml` lists. Listeners of
    the app itself are left alone.
    """
    context = Context(services, app.client)
    inbox = context.inbox
    requests.register(app, services.settings.slack.api_url)
    interactions = Interactions(context, app)
    dataset.register(interactions, inbox)
    schema.register(interactions, inbox)
    job.register(interactions)
    approval.register(interactions)
    moving.register(interactions)
    answer.register(interactions, inbox)
    comparison.register(interactions)
    evaluation.register(interactions, inbox)
    correction.register(interactions)
    home.register(context, app, interactions)
    inbox.register(app, catch_up=partial(arm_catch_up, services), catch_up_key=catch_up.KEY)
    deleted.subscribe(context)
    split.subscribe(context)
    job_tasks.subscribe(context)
    unused.subscribe(context)
    evaluation.subscribe(context)
    surprises.subscribe(context)
    job_commands.subscribe(context)
    services.queue.serve(kinds, context)
