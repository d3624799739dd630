"""What the workspace remembers, one model per kind of row.

`render.py` turns them into Slack's JSON.
"""

from typing import Any, Literal, TypeAlias, TypeGuard

from pydantic import BaseModel

Json: TypeAlias = dict[str, Any]


def is_object(value: object) -> TypeGuard[Json]:
    """Whether a value from outside is a JSON object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether a value from outside is a JSON array."""
    return isinstance(value, list)


class User(BaseModel):
    """A person, or the app's bot user. `team` is the organisation a person belongs to."""

    id: str
    name: str
    real_name: str
    display_name: str
    email: str
    locale: str
    tz: str
    color: str
    team: str
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False


class UserGroup(BaseModel):
    """A user group, which is mentioned as `@handle`. `users` are the ids of who is in it."""

    id: str
    name: str
    handle: str
    users: list[str]


class Channel(BaseModel):
    """A channel, or the direct messages of one person (`user`) with the bot.

    `connected_teams` are other organisations that share it (Slack Connect).
    """

    id: str
    name: str = ""
    topic: str = ""
    purpose: str = ""
    created: int
    creator: str
    user: str | None = None
    members: list[str]
    is_private: bool = False
    connected_teams: list[str] = []
    suggested: Json | None = None
    """What an agent proposes to ask in its direct messages: `title` and `prompts`."""
    statuses: dict[str, str] = {}
    """What an agent says that it does, by the thread's `ts`."""

    @property
    def is_im(self) -> bool:
        """Whether these are direct messages."""
        return self.user is not None

    def is_hidden_from(self, user: str) -> bool:
        """Whether this person cannot know of it: a private channel they are not in."""
        return self.is_private and user not in self.members


class Stream(BaseModel):
    """The streaming state of a message: open until `chat.stopStream` or until it times out."""

    opened_at: float
    open: bool = True
    display: str = "timeline"


class Message(BaseModel):
    """A message. `content` are blocks made from `markdown_text` or streamed chunks, shown before
    the app's own `blocks`; `files` are ids; `ephemeral_to` names the only person who sees it.
    """

    channel: str
    ts: str
    user: str
    text: str = ""
    thread_ts: str | None = None
    broadcast: bool = False
    ephemeral_to: str | None = None
    subtype: str | None = None
    from_app: bool = False
    client_msg_id: str | None = None
    content: list[Json] = []
    blocks: list[Json] = []
    attachments: list[Json] = []
    metadata: Json | None = None
    files: list[str] = []
    reactions: dict[str, list[str]] = {}
    edited_by: str | None = None
    edited_ts: str | None = None
    stream: Stream | None = None
    username: str | None = None
    icons: Json | None = None

    @property
    def is_reply(self) -> bool:
        """Whether it is in a thread under another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def all_blocks(self) -> list[Json]:
        """The blocks as people see them."""
        return self.content + self.blocks


class Share(BaseModel):
    """Where a file was posted."""

    channel: str
    ts: str
    thread_ts: str | None = None


class File(BaseModel):
    """An uploaded file; its bytes lie on disk under its id."""

    id: str
    name: str
    title: str
    mimetype: str
    filetype: str
    pretty_type: str
    user: str
    created: int
    size: int = 0
    alt_txt: str | None = None
    upload_token: str | None = None
    uploaded: bool = False
    completed: bool = False
    shares: list[Share] = []


class DeletedFile(BaseModel):
    """What is left of a file that was deleted."""

    id: str


class View(BaseModel):
    """An open modal, or a person's Home tab. `body` is what the app sent, with generated block_ids;
    `values` is what the person has filled in so far, as Slack's `state.values`.
    """

    id: str
    user: str
    type: Literal["modal", "home"]
    body: Json
    hash: str
    external_id: str = ""
    root_view_id: str
    previous_view_id: str | None = None
    values: Json = {}


class Trigger(BaseModel):
    """A `trigger_id`: lets the app open one modal within three seconds of what a person did."""

    id: str
    user: str
    issued_at: float
    used: bool = False
    view_id: str | None = None


class ResponseUrl(BaseModel):
    """A `response_url`: five posts within thirty minutes; `message_ts` is the message acted on."""

    id: str
    user: str
    channel: str
    message_ts: str | None = None
    thread_ts: str | None = None
    issued_at: float
    uses: int = 0


class Delivery(BaseModel):
    """An event on its way to the app. `due` is the time of the next attempt; None: no more."""

    event_id: str
    type: str
    body: Json
    created: float
    attempts: int = 0
    retry_reason: str = ""
    acked: bool = False
    due: float | None
