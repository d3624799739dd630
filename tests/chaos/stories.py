"""The kinds of journeys that people make."""

import asyncio
import random
from collections import Counter

from tests.chaos import files
from tests.chaos.colleague import StoppedWaitingError
from tests.chaos.journey import Journey
from tests.chaos.labels import label


async def travel(journey: Journey) -> None:
    """Make the journey; it ends early where somebody stops waiting."""
    try:
        await _STORIES[journey.kind][1](journey)
    except StoppedWaitingError as error:
        journey.stopped = str(error)
        journey.note(f"stopped waiting for {error}")
    except asyncio.CancelledError:
        journey.stopped = "the end of the run"
        raise


async def _plain(journey: Journey, *, cancel: bool = False) -> None:
    file = files.small(journey.mark)
    thread = await journey.attach(file)
    report = await journey.report(thread, file.name)
    final = await journey.train(thread, report, cancel=cancel)
    if not cancel:
        for _ in range(journey.rng.choice([1, 2])):
            await journey.ask(thread, final)


async def _cancelled(journey: Journey) -> None:
    await _plain(journey, cancel=True)


async def _split(journey: Journey) -> None:
    file = files.large(journey.mark)
    thread = await journey.attach(file)
    report = await journey.report(thread, file.name)
    part = await journey.split(thread, report, file.name)
    await journey.ask(thread, await journey.train(thread, part))


async def _fixed(journey: Journey) -> None:
    file = files.fixable(journey.mark)
    thread = await journey.attach(file)
    report = await journey.report(thread, file.name)
    fixed = await journey.fix(thread, report, file.name)
    await journey.ask(thread, await journey.train(thread, fixed))


async def _converted(journey: Journey) -> None:
    file = journey.rng.choice([files.array, files.table])(journey.mark)
    thread = await journey.attach(file)
    report = await journey.report(thread, file.name)
    converted = await journey.convert(thread, report, file.name)
    if file.name.endswith(".json"):
        await journey.ask(thread, await journey.train(thread, converted))


async def _reported(journey: Journey) -> None:
    made = [files.broken(journey.mark), files.secret(journey.mark), files.large(journey.mark)]
    thread = await journey.attach(*journey.rng.sample(made, 2))
    for name in [file.name for file in made if f"{file.name} findings.csv" in journey.must[thread]]:
        await journey.report(thread, name)


async def _copied(journey: Journey) -> None:
    file = files.small(journey.mark)
    thread = await journey.attach(file)
    await journey.report(thread, file.name)
    again = await journey.attach(file, who=journey.people[-1])
    await journey.report(again, file.name)


async def _described(journey: Journey) -> None:
    file = files.schema(journey.mark)
    thread = await journey.person.attach(journey.channel, [file])
    journey.note(f"attached {file.name}: {thread}")
    journey.must[thread], journey.may[thread] = Counter(["schema.card", "tables"]), Counter()
    await journey.person.wait_for(
        "the schema's card", journey.channel, thread, lambda m: label(m) == "schema.card"
    )


_STORIES = {
    "plain": (6, _plain),
    "cancelled": (3, _cancelled),
    "split": (2, _split),
    "fixed": (3, _fixed),
    "converted": (3, _converted),
    "reported": (2, _reported),
    "copied": (2, _copied),
    "described": (1, _described),
}


def kinds(count: int, rng: random.Random) -> list[str]:
    """The kinds of so many journeys: each once, then by chance, some more often than others."""
    weights = [weight for weight, _ in _STORIES.values()]
    return [*_STORIES, *rng.choices(list(_STORIES), weights, k=count)][:count]
