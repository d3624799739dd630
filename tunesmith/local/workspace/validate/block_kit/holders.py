"""What elements that hold a value have in common."""

from tunesmith.local.workspace.validate.block_kit.objects import Confirm, Id, Part, Placeholder


class Interactive(Part):
    """Base of everything a person can use."""

    action_id: Id | None = None


class Holder(Interactive):
    """Base of everything that holds a value."""

    focus_on_load: bool | None = None


class Confirmed(Holder):
    """With a question before the choice counts."""

    confirm: Confirm | None = None


class WithPlaceholder(Holder):
    """With a hint while it is empty."""

    placeholder: Placeholder | None = None


class Picker(Confirmed, WithPlaceholder):
    """Base of pickers and selects."""
