"""Who and what a fresh workspace holds."""

from tunesmith.local.workspace.records import Channel, User

TEAM_ID = "T0LOCAL"
TEAM_NAME = "Local workspace"
TEAM_DOMAIN = "local"
APP_ID = "A0TUNESMITH"
BOT_ID = "B0TUNESMITH"
BOT_USER = "U0TUNESMITH"
BOT_TOKEN = "xoxb-local"  # noqa: S105  a fixed, documented token of a loopback-only server
APP_TOKEN = "xapp-local"  # noqa: S105
VERIFICATION_TOKEN = "local-verification-token"  # noqa: S105
CREATED = 1_767_225_600  # 2026-01-01T00:00:00Z


def _person(user_id: str, real_name: str, *, locale: str, tz: str, color: str) -> User:
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
    )


PEOPLE = (
    _person("U0ALICE", "Alice Meyer", locale="en-US", tz="America/New_York", color="7a3e9d"),
    _person("U0MINJI", "Kim Minji (김민지)", locale="ko-KR", tz="Asia/Seoul", color="c0507a"),
    _person("U0WEI", "Li Wei (李伟)", locale="zh-CN", tz="Asia/Shanghai", color="2f7d6b"),
    _person("U0BEN", "Ben Okafor", locale="en-GB", tz="Europe/London", color="b5651d"),
)


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
        is_bot=True,
    )


def channels() -> list[Channel]:
    """The channels of a fresh workspace, and each person's DM with the bot."""
    people = [person.id for person in PEOPLE]
    shared = [
        _channel("general", "Announcements for everyone", [*people, BOT_USER]),
        _channel("tuning", "Datasets, jobs and models", [*people, BOT_USER]),
        _channel("random", "Everything else", people),
        _channel("lab", "Models nobody may know of yet", ["U0ALICE", "U0MINJI"], is_private=True),
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
    ]
    return shared + direct


def _channel(name: str, topic: str, members: list[str], *, is_private: bool = False) -> Channel:
    return Channel(
        id=f"C0{name.upper()}",
        name=name,
        topic=topic,
        created=CREATED,
        creator=PEOPLE[0].id,
        members=members,
        is_private=is_private,
    )
