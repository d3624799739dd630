"""Chats as the base model's own template lays them out, and which tokens of them are learnt.

A template that marks the assistant's words (`{% generation %}`) is an exception, so the marks are
not needed: an answer is what the template adds to the chat before it, from where it lets the
assistant begin. Some templates write earlier turns otherwise than the last one (they take the
thinking out, for example). Such a chat becomes several sequences, each as it is when its answer is
due.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tunesmith.local.trainer.messages import ChatMessage, RichMessage

from .libraries import jinja2

Message = ChatMessage | RichMessage
Tools = list[dict[str, object]] | None


class TemplateError(Exception):
    """The template does not take the chat; the message is the template's own."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A sequence as the model reads it: ids and, for each, whether it is learnt."""

    ids: list[int]
    learnt: list[bool]

    def __len__(self) -> int:
        """The number of tokens."""
        return len(self.ids)

    def cut(self, length: int) -> "Tokens":
        """The first tokens, so many at most."""
        return Tokens(self.ids[:length], self.learnt[:length])


@dataclass(slots=True)
class _Text:
    """A laid-out chat, and the stretches of it that are learnt."""

    text: str
    spans: list[tuple[int, int]]


class Template:
    """A tokenizer with its template."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        added = tokenizer.added_tokens_decoder
        self._specials = {number for number, token in added.items() if token.special}
        self._specials |= set(tokenizer.all_special_ids)

    def chat(
        self, messages: Sequence[Message], tools: Tools, learnt: Sequence[bool]
    ) -> list[Tokens]:
        """A chat as sequences in which the assistant's messages marked `learnt` are learnt.

        Raises TemplateError.
        """
        texts: list[_Text] = []
        for place, message in enumerate(messages):
            if not learnt[place] or message.role != "assistant":
                continue
            whole = self._lay_out(messages[: place + 1], tools, begin_answer=False)
            before = self._lay_out(messages[:place], tools, begin_answer=True) if place else ""
            span = (_shared(before, whole), len(whole))
            if texts and whole.startswith(texts[-1].text):
                texts[-1] = _Text(whole, [*texts[-1].spans, span])
            else:
                texts.append(_Text(whole, [span]))
        return [self._tokens(one) for one in texts]

    def completion(self, prompt: str, completion: str) -> Tokens:
        """A text that goes on, of which what goes on is learnt, up to the end of the text."""
        begin = self._tokenizer.bos_token or ""
        end = self._tokenizer.eos_token or ""
        text = f"{begin}{prompt}{completion}{end}"
        return self._tokens(_Text(text, [(len(begin) + len(prompt), len(text))]))

    def prompt(self, prompt: Sequence[Message] | str) -> list[int]:
        """What the model reads before it answers. Raises TemplateError."""
        if isinstance(prompt, str):
            text = (self._tokenizer.bos_token or "") + prompt
        else:
            text = self._lay_out(prompt, None, begin_answer=True)
        return self._tokenizer(text, add_special_tokens=False)["input_ids"]

    def ends(self) -> set[int]:
        """The tokens that end an answer."""
        ends = {self._tokenizer.eos_token_id} - {None}
        try:
            question = ChatMessage(role="user", content="a")
            answer = ChatMessage(role="assistant", content="b")
            tokens = self.chat([question, answer], None, [False, True])[-1]
        except TemplateError:
            return ends
        last = [one for one, learnt in zip(tokens.ids, tokens.learnt, strict=True) if learnt][-1]
        return ends | ({last} & self._specials)

    def is_special(self, token: int) -> bool:
        """Is it a sign of the model's own rather than text?"""
        return token in self._specials

    def _lay_out(self, messages: Sequence[Message], tools: Tools, *, begin_answer: bool) -> str:
        if self._tokenizer.chat_template is None:
            raise TemplateError("The base model has no chat template.")
        try:
            return self._tokenizer.apply_chat_template(
                _as_template_wants(messages),
                tools=tools or None,
                tokenize=False,
                add_generation_prompt=begin_answer,
            )
        except (jinja2.TemplateError, TypeError, ValueError) as error:
            raise TemplateError(f"The base model's chat template refuses it: {error}") from error

    def _read(self, text: str, cuts: Sequence[int]) -> tuple[list[int], list[tuple[int, int]]]:
        """The tokens of a text and where each stands, as if the text ended at each of the cuts."""
        ids: list[int] = []
        offsets: list[tuple[int, int]] = []
        for start, end in pairwise([0, *cuts, len(text)]):
            read = self._tokenizer(
                text[start:end], add_special_tokens=False, return_offsets_mapping=True
            )
            ids += read["input_ids"]
            offsets += [(start + first, start + last) for first, last in read["offset_mapping"]]
        return ids, offsets

    def _tokens(self, laid_out: _Text) -> Tokens:
        ids, offsets = self._read(laid_out.text, [])
        starts = [start for start, _ in laid_out.spans]
        if across := [s for s in starts if any(first < s < last for first, last in offsets)]:
            # The model reads a prompt before there is an answer: no token holds parts of both.
            ids, offsets = self._read(laid_out.text, across)
        learnt = [False] * len(ids)
        ended = True
        for start, end in laid_out.spans:
            within = [
                place for place, (first, last) in enumerate(offsets) if start <= first < last <= end
            ]
            marks = [place for place in within if ids[place] in self._specials]
            ended = bool(marks)
            # What follows the mark that ends a turn is the template's, if it is only white space.
            if marks and not laid_out.text[offsets[marks[-1]][1] : end].strip():
                within = [place for place in within if place <= marks[-1]]
            for place in within:
                learnt[place] = True
        if not ended and self._tokenizer.eos_token_id is not None:
            # A template that ends no turn would teach a model never to stop.
            ids, learnt = [*ids, self._tokenizer.eos_token_id], [*learnt, True]
        return Tokens(ids, learnt)


def _as_template_wants(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """As `_shown` has them; some templates want the name of the tool whose result a message is."""
    shown = [_shown(message) for message in messages]
    names: dict[str, str] = {}
    for one in shown:
        names |= {call["id"]: call["function"]["name"] for call in one.get("tool_calls", [])}
        if one.get("tool_call_id") in names:
            one["name"] = names[one["tool_call_id"]]
    return shown


def _shown(message: Message) -> dict[str, Any]:
    """Templates know `system`, not `developer`, and take a call's arguments as an object."""
    role = "system" if message.role == "developer" else message.role
    if isinstance(message, ChatMessage):
        return {"role": role, "content": message.content}
    shown: dict[str, Any] = {"role": role, "content": message.text}
    if message.tool_calls:
        shown["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {
                    "name": call.function.name,
                    "arguments": _object(call.function.arguments),
                },
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        shown["tool_call_id"] = message.tool_call_id
    return shown


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _object(arguments: str) -> object:
    try:
        return json.loads(arguments)
    except ValueError:
        return arguments
