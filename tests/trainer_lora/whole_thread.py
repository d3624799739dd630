"""From an attached file to the answer in its thread, on a base model of a team's own engine."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.support.slice import answer_in, final_of, is_answer_to, progress_of, report_of
from tests.support.world import World, words


async def file_becomes_a_model_that_answers(
    world: World,
    base: str,
    file: Path,
    seconds: float,
    *,
    epochs: int = 2,
    meanwhile: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Attach the file, start a job by the form, see its card become the result, and ask by a
    command and by a mention. `meanwhile` is done once the job has its card.
    """
    alice = world.person()
    thread = await alice.attach([file], "please train this")
    report = await report_of(alice, thread, seconds)
    form = await alice.press(report, "start_job")
    await alice.choose(form, "model", f"local/{base}")
    await alice.submit(form, {"model": f"local/{base}", "suffix": "sums", "epochs": str(epochs)})
    progress = await progress_of(alice, thread)
    if meanwhile:
        await meanwhile()
    final = await final_of(alice, thread, seconds)
    assert final["ts"] == progress["ts"], "the card becomes the result"
    model = final["text"].split(" is ready")[0]
    assert model.startswith(f"ft:{base}:local:sums:")
    await alice.command("/ask What is 3 plus one?")
    is_there = is_answer_to("What is 3 plus one?", model)
    await alice.wait_for("answer", is_there, seconds=seconds)
    asked = await alice.say("@tunesmith What is 4 plus one?", thread)
    assert model in words(await answer_in(alice, thread, asked, seconds))
