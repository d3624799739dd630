"""Who the bot is, which Bolt asks before each listener."""

from collections.abc import Awaitable, Callable

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tunesmith.bot.messages import say
from tunesmith.bot.queue import Retry


def authorization(client: AsyncWebClient) -> Callable[[], Awaitable[AuthorizeResult]]:
    """What to hand to Bolt as `authorize`; Slack is asked once.

    Bolt's own authorization by token answers with HTTP 200 where `auth.test` fails
    (slack_bolt 1.30, `AsyncSingleTeamAuthorization`): Slack would take an event for received that
    nobody has written down.
    """
    known: list[AuthorizeResult] = []

    async def authorize() -> AuthorizeResult:
        if not known:
            try:
                answer = await client.auth_test()
            except SlackApiError as error:
                raise Retry(say("common.slack_no_answer", method="auth.test")) from error
            known.append(
                AuthorizeResult.from_auth_test_response(
                    bot_token=client.token, auth_test_response=answer
                )
            )
        return known[0]

    return authorize
