"""Who may do what with jobs, checked where it is done: no way in goes past it."""

from dataclasses import dataclass
from enum import StrEnum

from tunesmith.bot.errors import NotAllowedError
from tunesmith.bot.messages import say
from tunesmith.bot.settings import Settings


class Action(StrEnum):
    """What somebody wants to do; each has a setting, TUNESMITH_PERMISSIONS__START and so on."""

    START = "start"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"
    DELETE = "delete"
    MOVE = "move"
    APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. `groups` are the ids of the user groups they are in, of those that settings name.

    Guests and people of other organisations may do nothing that costs, whatever settings say.
    """

    id: str
    groups: frozenset[str] = frozenset()
    is_guest: bool = False
    is_outsider: bool = False


def require(settings: Settings, person: Person, action: Action, owner: str | None = None) -> None:
    """Raise NotAllowedError where this person may not do it.

    `owner` is who started the job that it is done to: with one's own job one may do everything but
    approve it.
    """
    require_colleague(person)
    if action is Action.APPROVE and person.id == owner:
        raise NotAllowedError(say("permission.own_approval"))
    if person.id == owner or is_named(settings, person, action):
        return
    on_job = action not in {Action.START, Action.APPROVE}
    raise NotAllowedError(say("permission.not_yours" if on_job else f"permission.may_not_{action}"))


def may(settings: Settings, person: Person, action: Action, owner: str | None = None) -> bool:
    """Whether this person may do it: `require` as an answer."""
    try:
        require(settings, person, action, owner)
    except NotAllowedError:
        return False
    return True


def may_ask(person: Person) -> bool:
    """Whether this person may do what costs and has no setting of its own: ask models."""
    return not (person.is_guest or person.is_outsider)


def require_colleague(person: Person) -> None:
    """Raise NotAllowedError for a guest, and for somebody of another organisation."""
    if person.is_outsider:
        raise NotAllowedError(say("permission.outsider"))
    if person.is_guest:
        raise NotAllowedError(say("permission.guest"))


def is_named(settings: Settings, person: Person, action: Action) -> bool:
    """Whether the setting of this action names the person, or everyone."""
    named = {*_named(settings, action)}
    return "everyone" in named or person.id in named or not named.isdisjoint(person.groups)


def approvers(settings: Settings) -> list[str]:
    """The ids of people and user groups who approve, or `everyone`; none where nobody does."""
    return _named(settings, Action.APPROVE)


def can_be_approved(settings: Settings, person: Person) -> bool:
    """Whether a job of this person may be approved by somebody else."""
    return any(name != person.id for name in approvers(settings))


def _named(settings: Settings, action: Action) -> list[str]:
    who: str = getattr(settings.permissions, action)
    return [name for name in who.split(",") if name]
