"""Providers that can't be asked: noted when it begins, told once where it lasts, and told over."""

from tunesmith.bot.messages import Message, to_stored
from tunesmith.bot.services import Services
from tunesmith.storage import outages

_TELL_SECONDS = 300.0


async def note_outage(services: Services, provider: str, reason: Message) -> None:
    """A provider could not be asked; people are told of it once it has lasted for minutes."""
    async with services.database.write() as connection:
        await outages.note(connection, provider, to_stored(reason))
        if await outages.tell(connection, provider, _TELL_SECONDS):
            outage = await outages.get(connection, provider)
            assert outage is not None
            await services.job_events.outage.publish(connection, outage)


async def end_outage(services: Services, provider: str) -> None:
    """A provider answers; where people were told that it did not, they are told that it does."""
    async with services.database.read() as connection:
        outage = await outages.get(connection, provider)
    if outage is None:
        return
    async with services.database.write() as connection:
        if await outages.end(connection, provider) and outage.told:
            await services.job_events.answers_again.publish(connection, outage)
