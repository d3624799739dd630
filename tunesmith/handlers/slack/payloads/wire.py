"""What every body is read as."""

from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from tunesmith.bot.errors import UserError
from tunesmith.bot.messages import say

C = TypeVar("C", bound=BaseModel)


class UnreadableError(Exception):
    """What came is not what Slack documents; names the fields, never what is in them."""


class Wire(BaseModel):
    """A body of Slack's, or a part of one."""

    model_config = ConfigDict(extra="ignore")

    @field_validator("*", mode="before")
    @classmethod
    def _is_unicode(cls, value: Any) -> Any:
        """Without NUL and halves of surrogate pairs, which no database takes."""
        if isinstance(value, str):
            return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
        return value

    @classmethod
    def read(cls, body: object) -> Self:
        """What came, as this. Raises UnreadableError."""
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            found = error.errors(include_input=False, include_context=False, include_url=False)
            wrong = sorted({".".join(map(str, one["loc"])) for one in found})
            raise UnreadableError(f"No {cls.__name__}: {', '.join(wrong)}") from None


def carried(model: type[C], text: str) -> C:
    """What a button or a form of ours carries.

    Raises UserError where it can't be read: an earlier version may have written it.
    """
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise UserError(say("common.control_unreadable")) from error
