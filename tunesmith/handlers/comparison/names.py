"""What models are called once people may know them."""

from tunesmith.bot.answers.comparison.asking import counted_as
from tunesmith.bot.answers.model import AskedModel
from tunesmith.bot.messages import Message, say
from tunesmith.handlers.slack.context import Context


def name_of(context: Context, counted: str, shown: str) -> Message:
    """The name of a model: of a base model with its provider, which others may have too.

    `counted` is `counted_as` of it, `shown` what it is called there.
    """
    kind, provider, *_, last = counted.split(" ")
    if kind == "base":
        return say("comparison.base", model=shown, provider=context.titles[provider])
    if kind == "checkpoint":
        return say("answer.option_checkpoint", model=shown, step=last)
    return say("comparison.tuned", model=shown)


def called(context: Context, model: AskedModel) -> Message:
    """The name of a model that can be asked."""
    return name_of(context, counted_as(model), model.shown)
