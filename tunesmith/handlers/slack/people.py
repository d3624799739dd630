"""Who somebody is, as Slack tells it.

That is what `bot/jobs/permissions.py` decides by, the language they read, and their name.
"""

import asyncio
import time

from pydantic import BaseModel, Field, ValidationError

from tunesmith.bot.errors import NotAllowedError, SlackError
from tunesmith.bot.jobs.permissions import Person, require_colleague
from tunesmith.bot.messages import say
from tunesmith.bot.queue import Retry, Wait
from tunesmith.bot.settings import Settings
from tunesmith.handlers.slack.outbox import Outbox

# A profile seldom changes. A user group is read each time: whoever was taken out
# of it may do nothing more at once. What was read serves for a while where Slack does not answer,
# or asks to wait (`usergroups.users.list` is taken some 20 times a minute).
_PROFILE_SECONDS = 300.0
_GROUP_SECONDS = 60.0
_MOST_PROFILES = 10_000


class _Enterprise(BaseModel):
    enterprise_id: str = ""


class _Names(BaseModel):
    display_name: str = ""
    real_name: str = ""


class _User(BaseModel):
    """A user object (docs.slack.dev/reference/objects/user-object), as far as it is used."""

    team_id: str
    name: str = ""
    locale: str = "en"
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    enterprise_user: _Enterprise = Field(default_factory=_Enterprise)
    profile: _Names = Field(default_factory=_Names)


class _UserAnswer(BaseModel):
    user: _User


class _Home(BaseModel):
    """Where the bot is installed: `auth.test`'s answer."""

    team_id: str
    enterprise_id: str | None = None


class _Members(BaseModel):
    users: list[str]


class People:
    """Reads who somebody is."""

    def __init__(self, settings: Settings, outbox: Outbox) -> None:
        self._settings = settings
        self._outbox = outbox
        self._home: _Home | None = None
        self._users: dict[str, tuple[float, _User]] = {}
        self._groups: dict[str, tuple[float, frozenset[str]]] = {}

    async def person(self, user: str) -> Person:
        """Who that is, with the user groups that settings name.

        Raises NotAllowedError where Slack does not tell it now.
        """
        groups = sorted(self._settings.permissions.groups)
        try:
            profile, members = await asyncio.gather(
                self._profile(user),
                asyncio.gather(*(self._members(group) for group in groups)),
            )
        except (SlackError, Retry, Wait, ValidationError) as error:
            raise NotAllowedError(say("permission.slack_silent")) from error
        inside = frozenset(
            group for group, people in zip(groups, members, strict=True) if user in people
        )
        return Person(user, inside, profile.is_guest, profile.is_outsider)

    async def require_colleague(self, user: str) -> None:
        """Raise NotAllowedError for a guest, for somebody of another organisation, and for whom
        Slack does not know; Retry or Wait where Slack does not tell it now.
        """
        try:
            profile = await self._profile(user)
        except (SlackError, ValidationError) as error:
            raise NotAllowedError(say("permission.slack_silent")) from error
        require_colleague(profile)

    async def locale(self, user: str) -> str | None:
        """A person's locale; None where Slack does not tell it now.

        Raises Wait where it asks to.
        """
        found = await self._asked(user)
        return found.locale if found else None

    async def name(self, user: str) -> str | None:
        """What others see as that person's name; None where Slack does not tell it now.

        Raises Wait where it asks to.
        """
        found = await self._asked(user)
        if found is None:
            return None
        return found.profile.display_name or found.profile.real_name or found.name or None

    async def _profile(self, user: str) -> Person:
        home = await self._where_installed()
        found = await self._user(user)
        same_company = bool(home.enterprise_id) and (
            home.enterprise_id == found.enterprise_user.enterprise_id
        )
        return Person(
            user,
            is_guest=found.is_restricted or found.is_ultra_restricted,
            is_outsider=found.team_id != home.team_id and not same_company,
        )

    async def _asked(self, user: str) -> _User | None:
        try:
            return await self._user(user)
        except Wait:
            raise
        except (SlackError, Retry, ValidationError):
            return None

    async def _user(self, user: str) -> _User:
        known = self._users.get(user)
        if known is None or known[0] < time.monotonic():
            answer = await self._outbox.call(
                "users.info", http="GET", user=user, include_locale=True
            )
            found = _UserAnswer.model_validate(answer).user
            known = self._users[user] = (time.monotonic() + _PROFILE_SECONDS, found)
            if len(self._users) > _MOST_PROFILES:
                del self._users[next(iter(self._users))]
        return known[1]

    async def _where_installed(self) -> _Home:
        if self._home is None:
            self._home = _Home.model_validate(await self._outbox.call("auth.test"))
        return self._home

    async def _members(self, group: str) -> frozenset[str]:
        try:
            answer = await self._outbox.call("usergroups.users.list", http="GET", usergroup=group)
            members = frozenset(_Members.model_validate(answer).users)
        except (Retry, Wait):
            known = self._groups.get(group)
            if known is None or known[0] < time.monotonic():
                raise
            return known[1]
        self._groups[group] = (time.monotonic() + _GROUP_SECONDS, members)
        return members
