"""Checks the blocks of a message or view."""

import secrets

from tunesmith.local.workspace.records import Json


def with_block_ids(blocks: list[Json]) -> list[Json]:
    """The blocks, each with a `block_id`; missing ones are generated, as Slack does."""
    return [{**block, "block_id": block.get("block_id") or new_block_id()} for block in blocks]


def new_block_id() -> str:
    """A generated `block_id`."""
    return secrets.token_urlsafe(4)[:5]
