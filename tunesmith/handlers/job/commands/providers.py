"""`/tune providers` and `/tune deployment`: who is connected, and by what name a model answers."""

from tunesmith.bot import clock
from tunesmith.bot.jobs.permissions import require_colleague
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers import lifetime
from tunesmith.bot.providers.catalogue import Provider
from tunesmith.handlers.job.commands.subcommand import Asked
from tunesmith.handlers.slack.replies import Reply, plain_reply
from tunesmith.storage import audit, channels, jobs


async def providers(asked: Asked) -> Reply:
    """List the connected providers, or choose the channel's default among them."""
    if asked.rest:
        return await _choose(asked, asked.rest.lower())
    services, text = asked.context.services, asked.text
    async with services.database.read() as connection:
        chosen = await channels.default_provider(
            connection, team=asked.team, channel=asked.ref.channel
        )
    if not services.providers:
        return plain_reply(text("provider.none_connected"))
    lines = [text("provider.connected")]
    for name, client in services.providers.items():
        key = "provider.connected_default" if name == chosen else "provider.connected_line"
        lines.append(text(key, name=name, provider=client.provider.title))
        lines += [f"    {text(said)}" for said in _facts(client.provider)]
    return plain_reply("\n".join([*lines, text("provider.choose_default")]))


def _facts(provider: Provider) -> list[Message]:
    """What is to be known of a provider before a job: its dates, and how its models answer."""
    said = [notice.message for notice in lifetime.notices(provider, clock.today())]
    if not provider.trains:
        said.append(say("provider.only_checks"))
    elif provider.deploy_required:
        said.append(say("provider.deploys"))
    return said


async def _choose(asked: Asked, name: str) -> Reply:
    services, text = asked.context.services, asked.text
    require_colleague(await asked.context.people.person(asked.ref.user))
    client = services.providers.get(name)
    if client is None or not client.provider.trains:
        names = [one for one, each in services.providers.items() if each.provider.trains]
        return plain_reply(text("provider.not_connected", name=name, names=names))
    async with services.database.write() as connection:
        place = {"team": asked.team, "channel": asked.ref.channel}
        await channels.set_default_provider(connection, **place, provider=name)
        await audit.add(
            connection, **place, person=asked.ref.user, action="default_provider", subject=name
        )
    return plain_reply(text("provider.default_set", provider=client.provider.title))


async def deployment(asked: Asked) -> Reply:
    """Note the name by which a job's tuned model answers where it was deployed."""
    text = asked.text
    require_colleague(await asked.context.people.person(asked.ref.user))
    job_id, _, name = asked.rest.partition(" ")
    place = {"team": asked.team, "channel": asked.ref.channel}
    async with asked.context.services.database.write() as connection:
        found = await jobs.recent(connection, {**place, "id": job_id.lower()})
        if not found or not name.strip():
            return plain_reply(text("provider.deployment_usage"))
        if found[0].fine_tuned_model is None:
            return plain_reply(text("provider.deployment_too_early", id=found[0].id))
        await jobs.change(connection, found[0].id, deployment=name.strip())
        await audit.add(
            connection,
            **place,
            person=asked.ref.user,
            action="deployment",
            subject=found[0].id,
            name=name.strip(),
        )
    return plain_reply(
        text("provider.deployment_set", name=name.strip(), model=found[0].fine_tuned_model)
    )
