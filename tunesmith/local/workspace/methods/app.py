"""`auth.*`, `apps.*`, `bots.*`: who the app is and how it connects."""

from tunesmith.local.workspace import people
from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.methods.method import Args, slack_method
from tunesmith.local.workspace.records import Json
from tunesmith.local.workspace.workspace import Workspace


class Bot(Args):
    """Arguments of `bots.info`."""

    bot: str | None = None


@slack_method("auth.test", Args)
async def auth_test(ws: Workspace, _args: Args) -> Json:
    """https://docs.slack.dev/reference/methods/auth.test"""
    return {
        "url": f"{ws.base_url}/",
        "team": people.TEAM_NAME,
        "user": ws.state.users[people.BOT_USER].name,
        "team_id": people.TEAM_ID,
        "user_id": people.BOT_USER,
        "bot_id": people.BOT_ID,
        "is_enterprise_install": False,
    }


@slack_method("apps.connections.open", Args, app_level=True)
async def connections_open(ws: Workspace, _args: Args) -> Json:
    """https://docs.slack.dev/reference/methods/apps.connections.open"""
    host = ws.base_url.removeprefix("http://")
    ticket = ws.sockets.issue_ticket()
    return {"url": f"ws://{host}/link/?ticket={ticket}&app_id={people.APP_ID}"}


@slack_method("bots.info", Bot, "users:read")
async def bots_info(ws: Workspace, args: Bot) -> Json:
    """https://docs.slack.dev/reference/methods/bots.info"""
    if args.bot not in (None, people.BOT_ID):
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": people.BOT_ID,
            "deleted": False,
            "name": ws.state.users[people.BOT_USER].name,
            "updated": people.CREATED,
            "app_id": people.APP_ID,
            "user_id": people.BOT_USER,
            "icons": {},
        }
    }
