"""Modals and Home tabs. https://docs.slack.dev/reference/views"""

from typing import Annotated, Literal

from pydantic import Field

from tunesmith.local.workspace.validate.block_kit.blocks import Block
from tunesmith.local.workspace.validate.block_kit.objects import Id, Part, PlainText, up_to


class _View(Part):
    blocks: list[Block] = Field(max_length=100)
    private_metadata: str | None = Field(None, max_length=3000)
    callback_id: Id | None = None
    external_id: Id | None = None


class Modal(_View):
    """A modal."""

    type: Literal["modal"]
    title: Annotated[PlainText, up_to(24)]
    close: Annotated[PlainText, up_to(24)] | None = None
    submit: Annotated[PlainText, up_to(24)] | None = None
    clear_on_close: bool | None = None
    notify_on_close: bool | None = None
    submit_disabled: bool | None = None


class Home(_View):
    """A Home tab."""

    type: Literal["home"]
    title: PlainText | None = None
