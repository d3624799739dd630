"""Fine-tuning jobs: start, launch, watch, cancel, metrics, budget.

Task kinds of this package: `launch` (one per job), `watch` (one per provider, comes back until
no job is under way), `cancel`. Two kinds tell people and are done by whoever shows them:
`job.progress` (one per job, comes back until the job has ended) and `job.ended` (once per job).
"""

from tunesmith.bot.jobs.cancel import cancel, request_cancel
from tunesmith.bot.jobs.launch import give_up_launch, launch
from tunesmith.bot.jobs.start import JobRequest, start
from tunesmith.bot.jobs.watch import collect_metrics, watch
from tunesmith.bot.queue import Work
from tunesmith.bot.services import Services

__all__ = ["JobRequest", "collect_metrics", "register", "request_cancel", "start"]

_LAUNCH_ATTEMPTS = 30  # about half an hour with the queue's back-off
_FOR_EVER = 2**31


def register(services: Services) -> None:
    """Let the queue run this package's tasks."""

    async def run_launch(work: Work) -> None:
        await launch(services, work)

    async def run_watch(work: Work) -> None:
        await watch(services, work)

    async def run_cancel(work: Work) -> None:
        await cancel(services, work)

    services.queue.handle("launch", run_launch, attempts=_LAUNCH_ATTEMPTS, give_up=give_up_launch)
    services.queue.handle("watch", run_watch, attempts=_FOR_EVER)
    services.queue.handle("cancel", run_cancel, attempts=_FOR_EVER)
