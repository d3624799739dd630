"""Who and what a fresh workspace holds."""

from typing import Literal

from tunesmith.local.workspace.records import Channel, User, UserGroup

TEAM_ID = "T0LOCAL"
TEAM_NAME = "Local workspace"
APP_ID = "A0TUNESMITH"
PARTNER_TEAM_ID = "T0NORTHWIND"
DOMAINS = {TEAM_ID: "local", PARTNER_TEAM_ID: "northwind"}
TEAMS = {TEAM_ID: TEAM_NAME, PARTNER_TEAM_ID: "Northwind"}
BOT_ID = "B0TUNESMITH"
BOT_USER = "U0TUNESMITH"
BOT_TOKEN = "xoxb-local"  # noqa: S105  a fixed, documented token of a loopback-only server
APP_TOKEN = "xapp-local"  # noqa: S105
VERIFICATION_TOKEN = "local-verification-token"  # noqa: S105
CREATED = 1_767_225_600  # 2026-01-01T00:00:00Z


def _person(
    user_id: str,
    real_name: str,
    *,
    locale: str,
    tz: str,
    color: str,
    team: str = TEAM_ID,
    guest_of: Literal["channels", "channel"] | None = None,
) -> User:
    """`guest_of`: whether they are a guest in several channels, or in a single one."""
    name = user_id.removeprefix("U0").lower()
    return User(
        id=user_id,
        name=name,
        real_name=real_name,
        display_name=real_name.split(" (", maxsplit=1)[0],
        email=f"{name}@example.com",
        locale=locale,
        tz=tz,
        color=color,
        team=team,
        is_restricted=guest_of is not None,
        is_ultra_restricted=guest_of == "channel",
    )


COLLEAGUES = (
    _person("U0ALICE", "Alice Meyer", locale="en-US", tz="America/New_York", color="7a3e9d"),
    _person("U0MINJI", "Kim Minji (김민지)", locale="ko-KR", tz="Asia/Seoul", color="c0507a"),
    _person("U0WEI", "Li Wei (李伟)", locale="zh-CN", tz="Asia/Shanghai", color="2f7d6b"),
    _person("U0BEN", "Ben Okafor", locale="en-GB", tz="Europe/London", color="b5651d"),
)
_GITA = _person(
    "U0GITA",
    "Gita Rao",
    locale="en-IN",
    tz="Asia/Kolkata",
    color="3f6fb5",
    guest_of="channels",
)
_SAM = _person(
    "U0SAM",
    "Sam Ortiz",
    locale="es-ES",
    tz="Europe/Madrid",
    color="7d6b2f",
    guest_of="channel",
)
_NORA = _person(
    "U0NORA",
    "Nora Lind",
    locale="sv-SE",
    tz="Europe/Stockholm",
    color="2f6b7d",
    team=PARTNER_TEAM_ID,
)
PEOPLE = (*COLLEAGUES, _GITA, _SAM, _NORA)


def user_groups() -> list[UserGroup]:
    """The user groups of a fresh workspace."""
    return [
        UserGroup(id="S0TRAINERS", name="Trainers", handle="trainers", users=["U0ALICE", "U0WEI"]),
        UserGroup(id="S0LEADS", name="Team leads", handle="leads", users=["U0MINJI"]),
    ]


def bot_user(name: str) -> User:
    """The app's bot user, with the display name the manifest gives it."""
    return User(
        id=BOT_USER,
        name=name,
        real_name=name,
        display_name=name,
        email="",
        locale="en-US",
        tz="America/Los_Angeles",
        color="4b5cc4",
        team=TEAM_ID,
        is_bot=True,
    )


def channels() -> list[Channel]:
    """The channels of a fresh workspace, and the DM with the bot of everyone of this team."""
    people = [person.id for person in COLLEAGUES]
    partners = ["U0ALICE", "U0BEN", _GITA.id, _NORA.id, BOT_USER]
    shared = [
        _channel("general", "Announcements for everyone", [*people, BOT_USER]),
        _channel("tuning", "Datasets, jobs and models", [*people, BOT_USER, _GITA.id, _SAM.id]),
        _channel("random", "Everything else", people),
        _channel("lab", "Models nobody may know of yet", ["U0ALICE", "U0MINJI"], is_private=True),
        _channel("partners", "Work with our partners", partners, connected_teams=[PARTNER_TEAM_ID]),
    ]
    direct = [
        Channel(
            id=f"D0{person.id.removeprefix('U0')}",
            user=person.id,
            created=CREATED,
            creator=person.id,
            members=[person.id, BOT_USER],
        )
        for person in PEOPLE
        if person.team == TEAM_ID
    ]
    return shared + direct


def _channel(
    name: str,
    topic: str,
    members: list[str],
    *,
    is_private: bool = False,
    connected_teams: list[str] | None = None,
) -> Channel:
    return Channel(
        id=f"C0{name.upper()}",
        name=name,
        topic=topic,
        created=CREATED,
        creator=PEOPLE[0].id,
        members=members,
        is_private=is_private,
        connected_teams=connected_teams or [],
    )
