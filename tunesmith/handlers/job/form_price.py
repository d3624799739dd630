"""The quote in the form's words."""

from tunesmith.bot.jobs.quote import Quote
from tunesmith.bot.messages import Message, Text, say
from tunesmith.bot.providers.catalogue import Provider
from tunesmith.bot.providers.lifetime import price_for
from tunesmith.bot.providers.remote import RemoteNeeds
from tunesmith.handlers.slack.blocks import Block, section


def price_block(
    text: Text,
    quote: Quote,
    provider: Provider,
    channel: str,
    *,
    budget: Message | None,
    needs: RemoteNeeds | None,
) -> Block:
    """What the job costs and needs, what using its model does, and for how long.

    `budget` says what a budget means for it, where one does not allow it.
    """
    needed = needed_of(needs) if needs else None
    lines = [
        text(training(quote, provider)),
        *([text(needed)] if needed else []),
        *([text("form.split_price", count=quote.aside)] if quote.aside else []),
        *(f"• {text(said)}" for said in _after(quote, provider, channel)),
    ]
    # What is kept ready by the hour costs more than its training.
    price = quote.life_usd if quote.hosted else quote.training_usd
    if left := price_for(price, quote.left):
        lines.append(f"*{text(left)}*")
    if budget:
        lines.append(text(budget))
    return section("\n".join(lines))


def needed_of(needs: RemoteNeeds) -> Message | None:
    """What the job needs of the machine that trains; None where that is not known."""
    if needs.status == "measuring":
        return say("form.needs_measuring")
    if needs.workers_most is not None:
        return say("form.needs_no_room", workers=needs.workers or 1, most=needs.workers_most)
    total = needs.memory_total_bytes
    if needs.fits is None or total is None:
        return None
    if not needs.fits:
        instead = [f"{name} {value}" for name, value in needs.instead.items()]
        key = "form.needs_too_much" if instead else "form.needs_smaller"
        return say(key, most=total, instead=instead)
    about = {"used": needs.memory_bytes or 0, "most": total}
    if needs.seconds is not None:
        return say("form.needs", time=needs.seconds, **about)
    return say("form.needs_epoch", time=needs.seconds_per_epoch or 0, **about)


def short(quote: Quote) -> Message:
    """What training costs, in a word."""
    if quote.training_usd is None and quote.epoch_usd is None:
        return say("form.price_unknown")
    if quote.training_usd is None:
        return say("form.price_epoch", usd=quote.epoch_usd or 0)
    if not quote.training_usd:
        return say("form.price_free")
    epochs = say("form.epochs_count", count=quote.epochs or 1)
    return say("form.price_about", usd=quote.training_usd, epochs=epochs)


def training(quote: Quote, provider: Provider) -> Message:
    """What training costs, and of what the figure is made."""
    title = provider.title
    if quote.is_free:
        return say("form.training_free", provider=title)
    if quote.price is None:
        return say("form.training_unpriced", provider=title, as_of=quote.as_of)
    if quote.tokens is None:
        return say("form.training_uncounted", provider=title, price=quote.price, as_of=quote.as_of)
    about = {"price": quote.price, "as_of": quote.as_of}
    tokens = say("dataset.tokens", count=quote.tokens)
    if quote.training_usd is None:
        usd = quote.epoch_usd or 0
        return say("form.training_epoch", provider=title, usd=usd, tokens=tokens, **about)
    epochs = say("form.epochs_count", count=quote.epochs or 1)
    key = "form.training_less_free" if quote.free_tokens else "form.training"
    free = quote.free_tokens
    return say(key, usd=quote.training_usd, tokens=tokens, epochs=epochs, free=free, **about)


def _after(quote: Quote, provider: Provider, channel: str) -> list[Message]:
    """What the model costs once it is there."""
    said: list[Message] = []
    if quote.hosted and quote.hosting_usd_per_hour is None:
        said.append(say("form.hosting_unknown", provider=provider.title))
    elif quote.hosted:
        hour, month = quote.hosting_usd_per_hour or 0, quote.hosting_month_usd or 0
        said.append(say("form.hosting", hour=hour, month=month))
    said.append(_answers(quote, channel))
    if not quote.hosted and quote.life_usd not in (None, quote.training_usd):
        said.append(say("form.life", usd=quote.life_usd or 0))
    return said


def _answers(quote: Quote, channel: str) -> Message:
    if quote.answers_usd is None:
        return say("form.answers_unknown")
    if not quote.answers_usd:
        return say("form.answers_free")
    like = say("form.answers_like", question=quote.question_tokens, answer=quote.answer_tokens)
    if not quote.questions:
        return say("form.answers_thousand", usd=quote.answers_usd, like=like, channel=channel)
    month = quote.answers_month_usd or 0
    count = say("form.questions", count=quote.questions)
    return say("form.answers", usd=month, questions=count, like=like, channel=channel)
