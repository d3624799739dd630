"""A prompt/completion pair as a chat example."""

from tunesmith.bot.datasets.findings import Json, JsonObject
from tunesmith.bot.datasets.pair_style import PairStyle


def as_chat(pair: JsonObject, style: PairStyle) -> JsonObject:
    """The pair without its separator, stop sequence and leading space, which chat needs not.

    All else in the texts stays, and so do other keys; a pair without both texts stays as it is.
    """
    prompt, completion = pair.get("prompt"), pair.get("completion")
    if not isinstance(prompt, str) or not isinstance(completion, str):
        return pair
    question = prompt.removesuffix(style.separator)
    answer = completion.removesuffix(style.stop).removeprefix(" ")
    asked: list[Json] = [{"role": "user", "content": question}] if question else []
    others = {key: value for key, value in pair.items() if key not in ("prompt", "completion")}
    return {"messages": [*asked, {"role": "assistant", "content": answer}], **others}
