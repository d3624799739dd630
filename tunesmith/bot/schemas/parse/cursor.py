"""A place in the tokens of one statement, and the small things that are read from there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tunesmith.bot.schemas.model import Dialect
from tunesmith.bot.schemas.parse.lexer import Comment, Kind, Token

_BLANKS = re.compile(r"\s+")
_OPEN, _CLOSE = "(", ")"


@dataclass(frozen=True, slots=True)
class Part:
    """One name as the file writes it, without its quotes."""

    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A table's name; `schema` is what stands before it, if anything."""

    last: Part
    schema: Part | None = None

    def __str__(self) -> str:
        return f"{self.schema.text}.{self.last.text}" if self.schema else self.last.text


class Cursor:
    """Reads `tokens[at:stop]` of `text`; `comments` are the comments of the same text."""

    __slots__ = ("at", "comments", "dialect", "stop", "text", "tokens")

    def __init__(
        self,
        text: str,
        tokens: list[Token],
        dialect: Dialect,
        comments: list[Comment],
        at: int = 0,
        stop: int | None = None,
    ) -> None:
        self.text, self.tokens, self.dialect, self.comments = text, tokens, dialect, comments
        self.at, self.stop = at, len(tokens) if stop is None else stop

    def part(self, at: int, stop: int) -> "Cursor":
        """The same tokens from `at` to `stop`."""
        return Cursor(self.text, self.tokens, self.dialect, self.comments, at, stop)

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= self.stop

    @property
    def offset(self) -> int:
        """Where the next token starts in the text; the text's end if there is none."""
        return self.tokens[self.at].start if self.at < len(self.tokens) else len(self.text)

    def peek(self, ahead: int = 0) -> Token | None:
        """A token without stepping over it."""
        index = self.at + ahead
        return self.tokens[index] if index < self.stop else None

    def word(self, ahead: int = 0) -> str:
        """The unquoted word that comes next, in upper case; otherwise an empty string."""
        index = self.at + ahead
        if index < self.stop and self.tokens[index].kind is Kind.WORD:
            return self.tokens[index].value
        return ""

    def is_symbol(self, symbol: str, ahead: int = 0) -> bool:
        """Whether the next token is this symbol."""
        token = self.peek(ahead)
        return token is not None and token.kind is Kind.SYMBOL and token.value == symbol

    def accept(self, *words: str) -> bool:
        """Step over these words if all of them come next."""
        for ahead, word in enumerate(words):
            if self.word(ahead) != word:
                return False
        self.at += len(words)
        return True

    def accept_any(self, words: frozenset[str]) -> str:
        """Step over the next word if it is one of these; returns it, or an empty string."""
        word = self.word()
        if word in words:
            self.at += 1
            return word
        return ""

    def symbol(self, symbol: str) -> bool:
        """Step over this symbol if it comes next."""
        if self.is_symbol(symbol):
            self.at += 1
            return True
        return False

    def string(self) -> str | None:
        """A string; adjacent ones are one, as the SQL standard has it."""
        found: str | None = None
        while (token := self.peek()) is not None and token.kind is Kind.STRING:
            found = (found or "") + token.value
            self.at += 1
        return found

    def name(self) -> Part | None:
        """An identifier, quoted or not. MySQL and SQLite take strings for names as well."""
        token = self.peek()
        if token is None:
            return None
        raw = self.text[token.start : token.end]
        if token.kind is Kind.WORD or (token.kind is Kind.NUMBER and not raw.isdigit()):
            part = Part(raw, quoted=False)
        elif token.kind is Kind.NAME:
            part = Part(token.value, quoted=True)
        elif token.kind is Kind.STRING and self.dialect in {Dialect.MYSQL, Dialect.SQLITE}:
            part = Part(token.value, quoted=True)
        else:
            return None
        self.at += 1
        return part

    def dotted(self) -> list[Part]:
        """A name with what stands before it: `a.b.c`. Placeholders (`@schema.`) are left out."""
        parts: list[Part] = []
        while True:
            token = self.peek()
            if token is not None and token.kind is Kind.PLACEHOLDER:
                self.at += 1
                self.symbol(".")
                continue
            part = self.name()
            if part is None:
                return parts
            parts.append(part)
            if not self.symbol("."):
                return parts
            while self.symbol("."):  # SQL Server's database..table
                pass

    def table_name(self) -> Name | None:
        """A table's name; of `database.schema.table` the last two."""
        parts = self.dotted()
        if not parts:
            return None
        return Name(parts[-1], parts[-2] if len(parts) > 1 else None)

    def group(self) -> "Cursor | None":
        """What stands in the parentheses that come next; steps over them."""
        if not self.is_symbol(_OPEN):
            return None
        start, depth = self.at + 1, 0
        for index in range(self.at, self.stop):
            token = self.tokens[index]
            if token.kind is Kind.SYMBOL:
                if token.value == _OPEN:
                    depth += 1
                elif token.value == _CLOSE:
                    depth -= 1
                    if depth == 0:
                        self.at = index + 1
                        return self.part(start, index)
        self.at = self.stop  # never closed
        return self.part(start, self.stop)

    def elements(self) -> "Iterator[Cursor]":
        """The rest, cut at the commas that stand in no parentheses; empty pieces are left out."""
        start, depth = self.at, 0
        for index in range(self.at, self.stop):
            token = self.tokens[index]
            if token.kind is not Kind.SYMBOL:
                continue
            if token.value in "([":
                depth += 1
            elif token.value in ")]":
                depth -= 1
            elif token.value == "," and depth <= 0:
                if index > start:
                    yield self.part(start, index)
                start = index + 1
        if self.stop > start:
            yield self.part(start, self.stop)
        self.at = self.stop

    def skip_to(self, symbol: str) -> bool:
        """Step forward to this symbol; stays where it is if there is none."""
        for index in range(self.at, self.stop):
            token = self.tokens[index]
            if token.kind is Kind.SYMBOL and token.value == symbol:
                self.at = index
                return True
        return False

    def source(self, at: int | None = None, stop: int | None = None) -> str:
        """The text of the tokens from `at` to `stop` with its blanks made single spaces."""
        first = self.at if at is None else at
        last = (self.stop if stop is None else stop) - 1
        if last < first:
            return ""
        piece = self.text[self.tokens[first].start : self.tokens[last].end]
        return _BLANKS.sub(" ", piece)
