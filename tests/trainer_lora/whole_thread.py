"""From an attached file to the answer in its thread, on a base model of a team's own engine."""

from pathlib import Path

from tests.support.slice import answer_in, final_of, progress_of, report_of
from tests.support.world import World, words


async def file_becomes_a_model_that_answers(
    world: World, base: str, file: Path, seconds: float
) -> None:
    """Attach the file, start a job by the form, see its card become the result, and ask."""
    alice = world.person()
    thread = await alice.attach([file], "please train this")
    report = await report_of(alice, thread, seconds)
    form = await alice.press(report, "start_job")
    await alice.choose(form, "model", f"local/{base}")
    await alice.submit(form, {"model": f"local/{base}", "suffix": "sums", "epochs": "2"})
    progress = await progress_of(alice, thread)
    final = await final_of(alice, thread, seconds)
    assert final["ts"] == progress["ts"], "the card becomes the result"
    model = final["text"].split(" is ready")[0]
    assert model.startswith(f"ft:{base}:local:sums:")
    asked = await alice.say("@tunesmith What is 4 plus one?", thread)
    assert model in words(await answer_in(alice, thread, asked, seconds))
