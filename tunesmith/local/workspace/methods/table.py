"""Every Web API method by name."""

from tunesmith.local.workspace.methods import (
    app,
    assistant,
    chat,
    conversations,
    files,
    reactions,
    streams,
    users,
    views,
)
from tunesmith.local.workspace.methods.method import Method

METHODS = {
    method.name: method
    for family in (app, assistant, chat, conversations, files, reactions, streams, users, views)
    for method in vars(family).values()
    if isinstance(method, Method)
}
