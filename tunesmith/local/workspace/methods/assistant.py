"""`assistant.threads.*`: what an agent proposes to ask, and what it says that it does."""

from typing import Annotated

from pydantic import BaseModel, Field

from tunesmith.local.workspace.conversations import joined_channel
from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.methods.method import Args, slack_method
from tunesmith.local.workspace.records import Json
from tunesmith.local.workspace.workspace import Workspace


class Prompt(BaseModel):
    """One thing to ask: what is shown, and what is sent."""

    title: str
    message: str


class SuggestedPrompts(Args):
    """Arguments of `assistant.threads.setSuggestedPrompts`."""

    channel_id: str
    prompts: Annotated[list[Prompt], Field(min_length=1, max_length=4)]
    title: str | None = None
    thread_ts: str | None = None


@slack_method("assistant.threads.setSuggestedPrompts", SuggestedPrompts, "assistant:write")
async def set_suggested_prompts(ws: Workspace, args: SuggestedPrompts) -> Json:
    """https://docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts

    With a `thread_ts` an agent's call changes nothing, as the reference says.
    """
    channel = joined_channel(ws, args.channel_id)
    if not channel.is_im:
        raise SlackError("channel_not_found")
    if ws.manifest.features.agent_view is not None and not args.thread_ts:
        prompts = [prompt.model_dump() for prompt in args.prompts]
        channel.suggested = {"title": args.title or "", "prompts": prompts}
        ws.state.channels.save(channel.id, channel)
        ws.changes.publish({"type": "channel", "channel": channel.id})
    return {}


class Status(Args):
    """Arguments of `assistant.threads.setStatus`."""

    channel_id: str
    thread_ts: str
    status: str


@slack_method("assistant.threads.setStatus", Status, "chat:write")
async def set_status(ws: Workspace, args: Status) -> Json:
    """https://docs.slack.dev/reference/methods/assistant.threads.setStatus

    A status goes when the app posts in the thread, or sets an empty one. Slack also takes one away
    after two minutes.
    """
    channel = joined_channel(ws, args.channel_id)
    if ws.state.messages.find(channel.id, args.thread_ts) is None:
        raise SlackError("invalid_thread_ts")
    channel.statuses.pop(args.thread_ts, None)
    if args.status:
        channel.statuses[args.thread_ts] = args.status
    ws.state.channels.save(channel.id, channel)
    ws.changes.publish({"type": "channel", "channel": channel.id})
    return {}
