"""A place in the tokens of one statement, and the small things that are read from there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.ddl.parse.lexer import Comment, Kind, Token, tokenize

_OPEN, _CLOSE = "(", ")"


@dataclass(frozen=True, slots=True)
class Part:
    """One name as the file writes it, without its quotes."""

    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class TableName:
    """A table's name; `schema` is what stands before it, if anything."""

    last: Part
    schema: Part | None = None

    @staticmethod
    def of(parts: list[Part]) -> "TableName":
        """The name that these parts make; of `database.schema.table` the last two."""
        return TableName(parts[-1], parts[-2] if len(parts) > 1 else None)

    def __str__(self) -> str:
        """The name with its schema, without quotes."""
        return f"{self.schema.text}.{self.last.text}" if self.schema else self.last.text


class Source(NamedTuple):
    """A statement that was cut into tokens. Offsets are those of `text`, the whole file."""

    text: str
    dialect: Profile
    tokens: list[Token]
    comments: list[Comment]

    @staticmethod
    def of(text: str, dialect: Profile, start: int = 0, stop: int | None = None) -> "Source":
        """Cut `text[start:stop]` into tokens."""
        return Source(text, dialect, *tokenize(text, dialect, start, stop))


class Cursor:
    """Reads `tokens[at:stop]` of `source`.

    `closed` is False for the inside of a parenthesis that is never closed.
    """

    __slots__ = ("at", "closed", "source", "stop", "tokens")

    def __init__(self, source: Source) -> None:
        self.source, self.tokens = source, source.tokens
        self.at, self.stop = 0, len(source.tokens)
        self.closed = True

    def part(self, at: int, stop: int) -> "Cursor":
        """The same tokens from `at` to `stop`."""
        cursor = Cursor(self.source)
        cursor.at, cursor.stop = at, stop
        return cursor

    @property
    def dialect(self) -> Profile:
        """The dialect of the file."""
        return self.source.dialect

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= self.stop

    @property
    def offset(self) -> int:
        """Where the next token starts in the text; the text's end if there is none."""
        return self.tokens[self.at].start if self.at < len(self.tokens) else len(self.source.text)

    def peek(self, ahead: int = 0) -> Token | None:
        """A token without stepping over it."""
        index = self.at + ahead
        return self.tokens[index] if index < self.stop else None

    def word(self, ahead: int = 0) -> str:
        """The unquoted word that comes next, in upper case; otherwise an empty string.

        `word(-1)` is the one before.
        """
        index = self.at + ahead
        if 0 <= index < self.stop and self.tokens[index].kind is Kind.WORD:
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

    def has_word(self, word: str) -> bool:
        """Whether this word still comes."""
        return any(self.word(ahead) == word for ahead in range(self.stop - self.at))

    def skip_word(self, word: str) -> None:
        """Step behind the next occurrence of this word, or to the end."""
        while not self.done and not self.accept(word):
            self.at += 1

    def number(self) -> bool:
        """Step over a number."""
        token = self.peek()
        if token is not None and token.kind is Kind.NUMBER:
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
        """An identifier, quoted or not; in some dialects a string may be one."""
        token = self.peek()
        if token is None:
            return None
        raw = self.source.text[token.start : token.end]
        if token.kind is Kind.WORD or (token.kind is Kind.NUMBER and not raw.isdigit()):
            part = Part(raw, quoted=False)
        elif token.kind is Kind.NAME or (
            token.kind is Kind.STRING and self.dialect.ddl.strings_are_names
        ):
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
            if self.symbol("."):  # SQL Server's database..table
                parts.clear()

    def table_name(self) -> TableName | None:
        """A table's name; of `database.schema.table` the last two."""
        parts = self.dotted()
        return TableName.of(parts) if parts else None

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
        self.at = self.stop
        group = self.part(start, self.stop)
        group.closed = False
        return group

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

    def written(self, at: int | None = None, stop: int | None = None) -> str:
        """The text of the tokens from `at` to `stop`; single spaces for blanks and comments."""
        first = self.at if at is None else at
        last = (self.stop if stop is None else stop) - 1
        if last < first:
            return ""
        pieces: list[str] = []
        end = self.tokens[first].start
        for token in self.tokens[first : last + 1]:
            if token.start > end:
                pieces.append(" ")
            pieces.append(self.source.text[token.start : token.end])
            end = token.end
        return "".join(pieces)
