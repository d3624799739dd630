"""Whether a model of a job answers, which only a question tells: providers drop checkpoints."""

from tunesmith.bot.answers.ask import answer
from tunesmith.bot.answers.model import AskedModel
from tunesmith.bot.answers.prompt import build
from tunesmith.bot.answers.trained import trained
from tunesmith.bot.services import Services
from tunesmith.storage.jobs import Job

_QUESTION = "Hello"


async def confirm(services: Services, job: Job, name: str) -> None:
    """Ask a model of a job for one token, the way it was trained. Raises as `answer` does."""
    kind = "tuned" if name == job.fine_tuned_model else "checkpoint"
    model = AskedModel(job.provider, name, name, job.base_model, kind, job.id)
    prompt = build(await trained(services, model), _QUESTION, most_tokens=1)
    await answer(services, model, prompt)
