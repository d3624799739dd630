"""The conversation so far, cut to what a model's context holds."""

from collections.abc import Sequence
from functools import partial
from itertools import accumulate

from tunesmith.bot.answers.model import AskedModel
from tunesmith.bot.answers.prompt import Trained, Turn
from tunesmith.bot.datasets import chat_tokens, tokens
from tunesmith.bot.services import Services

# Tokens that are left for the answer, where nobody said how long it may be.
_ANSWER = 4_096
# The tokens around the texts of a turn.
_FRAMES = 2 * chat_tokens.PER_MESSAGE


async def within_context(
    services: Services,
    model: AskedModel,
    trained: Trained,
    history: Sequence[Turn],
    question: str,
    *,
    system: str | None = None,
    most_tokens: int | None = None,
) -> list[Turn]:
    """The newest of these earlier turns for which a model's context has room beside the question.

    Tokens are exact. Where the context, or how the model counts, is not known, all of them are
    given back, and `ask` leaves the oldest out where the provider finds them too many.
    """
    entry = services.catalogue.providers[model.provider].model(model.base_model)
    encoding = model.encoding(services.catalogue)
    if entry is None or encoding is None or entry.inference_context is None:
        return list(history)
    room = entry.inference_context - (most_tokens or min(_ANSWER, entry.inference_context // 4))
    frame, declared = chat_tokens.tool_texts([dict(tool) for tool in trained.tools])
    always = [trained.system if system is None else system, question, *declared]
    room -= frame + chat_tokens.PER_EXAMPLE + 2 * chat_tokens.PER_MESSAGE
    fixed = [text or "" for text in always]
    said = [text for turn in history for text in turn]
    frames = _FRAMES * len(history)
    # A token has a byte at least.
    if frames + sum(len(text.encode()) for text in (*fixed, *said)) <= room:
        return list(history)
    counts = await services.processes.run(partial(tokens.count, [*fixed, *said], encoding))
    room -= sum(counts[: len(fixed)])
    pairs = zip(counts[len(fixed) :: 2], counts[len(fixed) + 1 :: 2], strict=True)
    each = [_FRAMES + asked + answered for asked, answered in pairs]
    kept = sum(total <= room for total in accumulate(reversed(each)))
    return list(history[len(history) - kept :])
