"""The language of the command line: that of the user's locale."""

import os
from collections.abc import Mapping

from tunesmith.bot.messages import Text, text_for


def words() -> Text:
    """Says messages as the user's locale asks for; English where there are no words for it."""
    return text_for(user_locale(os.environ))


def user_locale(environment: Mapping[str, str]) -> str:
    """The user's locale, such as `ko_KR`, by the first of POSIX's variables for messages.

    Source: https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html (8.2).
    """
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    found = next((environment[name] for name in names if environment.get(name)), "")
    return found.partition(".")[0].partition("@")[0]
