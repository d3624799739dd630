"""Addresses that come in, and whether they are Slack's: nothing is sent or fetched elsewhere."""

from urllib.parse import urlsplit

FILE_HOSTS = frozenset({"files.slack.com", "slack-files.com"})
RESPONSE_HOSTS = frozenset({"hooks.slack.com"})


def is_slacks(url: str, api_url: str, hosts: frozenset[str]) -> bool:
    """Whether an address is one of these hosts of Slack's, or the server of the Web API itself.

    `api_url` is where the Web API is: a workspace on one's own machine is one server for all.
    """
    try:
        found, api = urlsplit(url), urlsplit(api_url)
    except ValueError:
        return False
    if not url.isprintable():
        return False
    if (found.scheme, found.netloc) == (api.scheme, api.netloc):
        return True
    return found.scheme == "https" and found.netloc in hosts
