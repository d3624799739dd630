"""Text from Slack is read as it was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunesmith.handlers.slack.mrkdwn import as_typed, people_in


@given(st.text())
def test_what_was_typed_without_mentions_is_read_as_it_was(typed: str) -> None:
    sent = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert as_typed(sent, {}) == typed


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("is 3 &lt; 5 &amp;&amp; b?", "is 3 < 5 && b?"),
        ("ask <@U0WEI>, <@U0BEN> or <@U0MINJI|minji>", "ask @魏, @U0BEN or @minji"),
        ("see <#C0GENERAL|general> and <#C0SECRET>", "see #general and #C0SECRET"),
        ("<!here> <!subteam^S1|@ml-team> <!subteam^S2>", "@here @ml-team @subteam"),
        ("due <!date^1392734382^{date_num}|2014-02-18>", "due 2014-02-18"),
        ("<https://a.io/?x=1&amp;y=2>", "https://a.io/?x=1&y=2"),
        ("<http://a.io|a.io> <mailto:a@b.io|a@b.io>", "a.io a@b.io"),
        ("<https://a.io/docs|the docs>", "[the docs](https://a.io/docs)"),
        ("&lt;@U0WEI&gt;", "<@U0WEI>"),
    ],
)
def test_mentions_and_links_are_read_as_they_were_typed(sent: str, typed: str) -> None:
    assert as_typed(sent, {"U0WEI": "魏"}) == typed


def test_people_are_looked_up_once_where_slack_does_not_name_them() -> None:
    assert people_in("<@U0WEI> <@U0WEI> <@U0MINJI|minji> &lt;@U0BEN&gt;") == ["U0WEI"]
