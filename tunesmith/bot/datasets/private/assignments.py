"""Passwords and keys by what they are assigned to: `password = "..."`, `API_KEY=...`, 비밀번호: ...

Whether a value is a secret is judged by its name, by how it is assigned and by its randomness.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tunesmith.bot.datasets.private.names import Named, named
from tunesmith.bot.datasets.private.values import How, is_cut, is_key, is_password
from tunesmith.bot.datasets.text_buffer import TextBuffer


class Assigned(NamedTuple):
    """A secret value, and what its name says."""

    start: int
    end: int
    named: Named


# Parts of the names, in the cases in which they are written.
_NEEDLES = tuple(
    "pass Pass PASS pwd PWD ecret ECRET oken OKEN key Key KEY auth Auth cred"
    " dentified\vby DENTIFIED\vBY".replace(" ", "\0")
    .replace("\v", " ")
    .encode()
    .split(b"\0")
)
_ASIAN_WORDS = ("비밀", "비번", "암호", "토큰", "密", "令", "パスワード")
_ASIAN_NEEDLES = tuple(map(str.encode, _ASIAN_WORDS))
_NAME_BYTES = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-. "
_NAME_REACH = 32
_VALUE_REACH = 400

_QUOTE = rb"""\\{0,3}["'`]"""
# Possessive: nearly every place is only a word of a sentence, and is left at once.
_ASSIGNS = re.compile(
    rb"(?P<rest>[\w.-]{0,30}+)(?P<close>" + _QUOTE + rb")?+\]?+\*{0,2}+(?:"
    # = := => == : and the like, perhaps after a type
    rb"(?::[ \t]?[\w\[\]|.]{1,20}+(?=[ \t]{0,3}=[^=])"
    rb"|[ \t]{1,3}[A-Za-z]{3,10}+(?=[ \t]{1,3}=[^=]))?+"
    rb"[ \t]{0,8}+(?P<sign>[:?+.!]{0,3}=[=>]{0,2}+|:(?!/)|\|\||\xef\xbc\x9a)\*{0,2}+[ \t]{0,8}+"
    # an element, an argument, a pair of name and value
    rb"|(?<=[A-Za-z])>\s{0,20}+(?=[^\s<>]{4,300}\s{0,20}</)"
    rb"|(?P<comma>(?(close),|(?!)))[ \t]{0,2}+(?=" + _QUOTE + rb")"
    rb"""|,?+\s{1,30}+["']?value["']?[ \t]?[:=][ \t]?"""
    # a sentence, an option, a string beside it
    rb"|[ \t](?:(?P<verb>is|was|to)[ \t:]{1,3}+|(?P<blank>[ \t]{0,2}+)))"
    # what follows may be a secret
    rb"(?=\S{0,99}?[\d!@#$%^*]|[A-Za-z-]{2,9} \S)"
)
_ASIAN_ASSIGNS = re.compile(
    b"(?:" + "비밀번호|비번|암호|密码|密碼|口令|パスワード".encode() + b"|"
    b"(?P<key>" + "비밀 ?키|시크릿 ?키|토큰|密钥|密鑰|令牌".encode() + b"))"
    # a particle or verb of at most three characters
    rb"(?:[\xe3-\xed][\x80-\xbf]{2}){0,3}\*{0,2}[ \t]{0,3}"
    rb"(?P<sign>[:=]|\xef\xbc\x9a)?\*{0,2}[ \t]{0,3}"
)
_SCHEME = rb"(?:(?:[Bb]earer|BEARER|[Tt]oken|[Aa]pi-?[Kk]ey|KakaoAK|AK)[ \t]{1,3})?"
_VALUE = re.compile(
    rb"(?P<open>(?:"
    + _QUOTE
    + rb"){1,3})"
    + _SCHEME
    + rb"(?P<quoted>[^\s\"'`\\]{4,300})(?=[\"'`\\])"
    rb"|" + _SCHEME + rb"(?P<plain>[^\s\"'`,;<>(){}\[\]&|\\\x80-\xff]{4,300}+)(?![(\[{])"
)


def find(buffer: TextBuffer) -> Iterator[Assigned]:
    """Every value that its name and its looks make a secret, in no order."""
    for needle in _NEEDLES:
        for place in buffer.find(needle):
            found = _ASSIGNS.match(buffer.data, place + len(needle))
            if found is not None:
                yield from _assigned(buffer, place, found)
    for needle in _ASIAN_NEEDLES:
        for place in buffer.find(needle):
            found = _ASIAN_ASSIGNS.match(buffer.data, place) or _ASIAN_ASSIGNS.match(
                buffer.data, place - 3
            )
            if found is not None:
                kind = Named.KEY if found["key"] else Named.PASSWORD
                how = How.SIGN if found["sign"] else How.VERB
                yield from _valued(buffer, place, found.end(), kind, how)


def _assigned(buffer: TextBuffer, place: int, found: re.Match[bytes]) -> Iterator[Assigned]:
    before = buffer.data[max(0, place - _NAME_REACH) : place]
    stem = before[len(before.rstrip(_NAME_BYTES)) :]
    name = (stem + buffer.data[place : found.end("rest")]).decode()
    kind = named(name)
    if kind is None:
        return
    last = name.rpartition(" ")[2]
    if found["sign"]:
        how = How.COLON if found["sign"] == b":" else How.SIGN
        how = How.ENVIRONMENT if last.isupper() else how
    elif found["verb"]:
        how = How.VERB
    elif found["blank"] is not None:
        how = How.OPTION if last.startswith("--") else How.BESIDE
    else:
        how = How.ARGUMENT if found["comma"] else How.SIGN
    # As a word by itself, it is a verb.
    if last != "pass" or how in (How.SIGN, How.COLON):
        yield from _valued(buffer, place, found.end(), kind, how)


def _valued(
    buffer: TextBuffer, place: int, start: int, kind: Named, how: How
) -> Iterator[Assigned]:
    """The value at `start`, where it is a secret."""
    value = _VALUE.match(buffer.data, start, start + _VALUE_REACH)
    if value is None or not value[0].isascii():
        return
    group = "quoted" if value["quoted"] else "plain"
    text = value[group].decode()
    if group == "plain":
        text = text.rstrip(".:?*")
    judge = is_password if kind is Named.PASSWORD else is_key
    if judge(text, how, quoted=group == "quoted"):
        end = value.start(group) + len(text)
        if not is_cut(buffer.data, end) and buffer.text_at(place) == buffer.text_at(end - 1):
            yield Assigned(value.start(group), end, kind)
