"""`users.*`, `usergroups.*` and `team.info`: who works here."""

from tunesmith.local.workspace import people
from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.methods.method import Args, slack_method
from tunesmith.local.workspace.methods.pages import Page, paged
from tunesmith.local.workspace.records import Json
from tunesmith.local.workspace.render import render_user
from tunesmith.local.workspace.workspace import Workspace


class UserInfo(Args):
    """Arguments of `users.info`."""

    user: str
    include_locale: bool = False


class UserList(Page):
    """Arguments of `users.list`."""

    include_locale: bool = False


class UserGroupOfUsers(Args):
    """Arguments of `usergroups.users.list`."""

    usergroup: str


@slack_method("users.info", UserInfo, "users:read")
async def users_info(ws: Workspace, args: UserInfo) -> Json:
    """https://docs.slack.dev/reference/methods/users.info"""
    user = ws.state.users.get(args.user)
    if user is None:
        raise SlackError("user_not_found")
    return {"user": render_user(ws, user, locale=args.include_locale)}


@slack_method("users.list", UserList, "users:read")
async def users_list(ws: Workspace, args: UserList) -> Json:
    """https://docs.slack.dev/reference/methods/users.list, without people of other organisations"""
    own = [user for user in ws.state.users.values() if user.team == people.TEAM_ID]
    members = [render_user(ws, user, locale=args.include_locale) for user in own]
    page, metadata = paged(members, args)
    return {"members": page, "cache_ts": people.CREATED, **metadata}


@slack_method("usergroups.users.list", UserGroupOfUsers, "usergroups:read")
async def usergroups_users_list(ws: Workspace, args: UserGroupOfUsers) -> Json:
    """https://docs.slack.dev/reference/methods/usergroups.users.list"""
    group = ws.state.user_groups.get(args.usergroup)
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": group.users}


@slack_method("team.info", Args, "team:read")
async def team_info(ws: Workspace, _args: Args) -> Json:
    """https://docs.slack.dev/reference/methods/team.info"""
    return {
        "team": {
            "id": people.TEAM_ID,
            "name": people.TEAM_NAME,
            "domain": people.DOMAINS[people.TEAM_ID],
            "url": f"{ws.base_url}/",
            "email_domain": "example.com",
            "icon": {"image_default": True},
        }
    }
