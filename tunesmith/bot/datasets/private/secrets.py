"""Secrets: keys and tokens by their form, passwords and keys by what they are assigned to.

Nothing is reported that stands for a secret without being one ("sk-xxxx", "<your-key>"), nor the
examples of documentation.
"""

import re
from bisect import bisect_right, insort
from collections.abc import Iterator
from heapq import merge

from tunesmith.bot.datasets.private import assignments
from tunesmith.bot.datasets.private.names import Named
from tunesmith.bot.datasets.private.randomness import is_stand_in, is_words, looks_random
from tunesmith.bot.datasets.private.token_forms import (
    FORMS,
    INTERRUPTED_FORMS,
    SHORT_BEGINNINGS,
    Form,
)
from tunesmith.bot.datasets.private.values import is_common, is_cut
from tunesmith.bot.datasets.text_buffer import Passage, TextBuffer
from tunesmith.bot.messages import Message, say


def _any_form() -> re.Pattern[bytes]:
    """All forms. Most places fail at the first letter; where a form has none, at the length."""
    patterns = [form.pattern for form in FORMS]
    plain = [one for one in patterns if one[:1].isalpha()]
    others = [one for one in patterns if not one[:1].isalpha()]
    return re.compile(b"|".join(plain) + rb"|(?=[\w./+=~-]{31})(?:" + b"|".join(others) + b")")


_ANY_FORM = _any_form()
# A token is never the rest of a longer word.
_BEGINNING = re.compile(rb"(?<![A-Za-z0-9_])[A-Za-z0-9]")
# "gl" stands in many words.
_SHORT = re.compile(rb"(?!gl)|gl[a-z]{2,6}-")
_LONGEST_INTERRUPTED = 120
# AWS, Alibaba and Tencent give a key ID and a secret key; they are kept side by side.
_IDS = (b"AKIA", b"ASIA", b"LTAI", b"AKID", b"AKLT")
_PARTNER = re.compile(rb"(?<![\w/+=.-])[A-Za-z0-9/+]{30,64}={0,2}(?![\w/+=-])")
_PARTNER_REACH = 300
# RFC 7468 and OpenPGP: the words around vary; then headers, and at least so much of the key.
_PRIVATE_KEY = re.compile(
    rb"-----BEGIN [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----"
    rb"(?:[\s\"'+,|>]|\\+[nrt]|[A-Z][A-Za-z-]{2,20}: [^\n\\]{0,80})*+([A-Za-z0-9+/=]{16,})"
)
_END_OF_KEY = b"-----END"
_LONGEST_KEY = 16_000
# RFC 3986: a password in front of the host.
_PASSWORD_IN_URL = re.compile(
    rb"[a-zA-Z][a-zA-Z0-9+.-]{1,20}://([^\s/:@\"'`<>]{0,64}):([^\s/@\"'`<>]{3,128})@([\w.-]+)?"
)
_PASSWORD_OF_USER = re.compile(rb"[\"']?([\w.@+-]{1,64}):([^\s\"':$<>{}\[\]()]{4,128})[\"'\s]")
# The clients of MySQL take it without a blank, sshpass with one.
_PASSWORD_OF_CLIENT = re.compile(
    rb"(?<![\w-])(?:sshpass -p ?"
    rb"|(?:mysql|mariadb)(?:dump|admin|import)?(?: [\w./=@:-]{1,60}){0,6}? -p)"
    rb"(?:([\"'])(?P<quoted>[^\s\"']{6,128})\1|(?P<plain>[^\s\"'$<>{}|;&]{6,128}))"
)
_NO_HOST = re.compile(rb"(?i)(?:.*\.)?(?:example|test|invalid)(?:\.\w+)?|host(?:name)?|domain.*")
_ADDRESS = 220
# Published in documentation, so that everybody has them: Stripe's and GitHub's examples, the key
# of Azure's storage emulator, the token of jwt.io (its payload's beginning), RFC 7617's user.
_DOCUMENTED = (
    b"4eC39HqLyjWDarjtT1zdp7dc", b"BQokikJOvBiI2HlWgH4olfQ2", b"TYooMQauvdEDq54NiTphI7jx",
    b"16C7e42F292c6912E7710c838347Ae178B4a", b"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsu",
    b"eyJzdWIiOiIxMjM0NTY3ODkwIi", b"eyJpc3MiOiJqb2UiLA0K", b"QWxhZGRpbjpvcGVuIHNlc2FtZQ",
)  # fmt: skip


def find(buffer: TextBuffer) -> Iterator[Passage]:
    """Every secret in the buffer, in no order, none twice."""
    taken: list[tuple[int, int]] = []
    for passage in _all(buffer):
        place = bisect_right(taken, (passage.start, passage.end))
        after = place < len(taken) and taken[place][0] < passage.end
        if after or (place and taken[place - 1][1] > passage.start):
            continue
        insort(taken, (passage.start, passage.end))
        yield passage


def _all(buffer: TextBuffer) -> Iterator[Passage]:
    yield from _private_keys(buffer)
    yield from _tokens(buffer)
    for needle, form in INTERRUPTED_FORMS:
        yield from _interrupted(buffer, needle, form)
    yield from _passwords_in_urls(buffer)
    yield from _passwords_of_users(buffer)
    yield from _passwords_of_clients(buffer)
    for start, end, kind in assignments.find(buffer):
        name = "password" if kind is Named.PASSWORD else "assigned"
        yield _secret(start, end, say(f"finding.secret.{name}"))


def _secret(start: int, end: int, kind: Message) -> Passage:
    return Passage(start, end, "secret", kind, private=True)


def _tokens(buffer: TextBuffer) -> Iterator[Passage]:
    """By their form."""
    done = 0  # neither a place twice, nor what begins within a token
    for start, end in merge(
        buffer.token_runs(), *(_short(buffer, one) for one in SHORT_BEGINNINGS)
    ):
        for beginning in _BEGINNING.finditer(buffer.data, max(start, done), end):
            place = beginning.start()
            if place < done or _ANY_FORM.match(buffer.data, place) is None:
                continue
            for form in FORMS:
                found = re.compile(form.pattern).match(buffer.data, place)
                if found and _is_secret(found) and not is_cut(buffer.data, found.end()):
                    done = found.end()
                    yield _secret(place, done, form.kind)
                    if buffer.data.startswith(_IDS, place):
                        yield from _partners(buffer, place, done)
                    break


def _short(buffer: TextBuffer, beginning: bytes) -> Iterator[tuple[int, int]]:
    for place in buffer.find(beginning):
        if _SHORT.match(buffer.data, place):
            yield place, place + 1


def _is_secret(found: re.Match[bytes]) -> bool:
    body = found[found.lastindex or 0]
    if any(known in found[0] for known in _DOCUMENTED):
        return False
    text = body[:300].decode()
    return not is_stand_in(text) and not is_words(text)


def _interrupted(buffer: TextBuffer, needle: bytes, form: Form) -> Iterator[Passage]:
    for place in buffer.find(needle):
        start, end = max(0, place - 4), place + _LONGEST_INTERRUPTED
        found = re.compile(form.pattern).search(buffer.data, start, end)
        if found and found.start() <= place < found.end() and _is_secret(found):
            yield _secret(*found.span(1), form.kind)


def _private_keys(buffer: TextBuffer) -> Iterator[Passage]:
    for place in buffer.find(b"-----BEGIN "):
        limit = min(buffer.end_of_text(place) - 1, place + _LONGEST_KEY)
        found = _PRIVATE_KEY.match(buffer.data, place, limit)
        if (
            found
            and not is_stand_in(found[1][:64].decode())
            and not is_words(found[1][:64].decode())
        ):
            end = buffer.data.find(_END_OF_KEY, found.end(), limit)
            yield _secret(place, end if end > 0 else found.end(), say("finding.secret.private_key"))


def _partners(buffer: TextBuffer, first: int, last: int) -> Iterator[Passage]:
    """Secret keys beside the ID of a key that stands from `first` to `last`."""
    start, end = buffer.span_around(first, _PARTNER_REACH)
    for found in _PARTNER.finditer(buffer.data, start, end):
        text = found[0].decode()
        mixed = any(map(str.islower, text)) and any(map(str.isupper, text))
        if mixed and looks_random(text) and not first <= found.start() < last:
            yield _secret(*found.span(), say("finding.secret.secret_access_key"))


def _passwords_in_urls(buffer: TextBuffer) -> Iterator[Passage]:
    for place in buffer.find(b"@"):
        start, end = buffer.span_around(place, _ADDRESS)
        scheme = buffer.data.rfind(b"://", start, place)
        if scheme < 0:
            continue
        found = _PASSWORD_IN_URL.search(buffer.data, max(start, scheme - 21), end)
        if found and found.end(2) == place and _is_password(*found.groups(b"")):
            yield _secret(*found.span(2), say("finding.secret.password_in_url"))


def _passwords_of_users(buffer: TextBuffer) -> Iterator[Passage]:
    """Of curl's option for a user."""
    for option in (b" -u ", b" --user "):
        for place in buffer.find(option):
            found = _PASSWORD_OF_USER.match(buffer.data, place + len(option))
            if found and _is_password(found[1], found[2], b""):
                yield _secret(*found.span(2), say("finding.secret.password"))


def _passwords_of_clients(buffer: TextBuffer) -> Iterator[Passage]:
    """In the commands of MySQL's clients and of sshpass."""
    for place in buffer.find(b" -p"):
        start, _ = buffer.span_around(place, _ADDRESS)
        line = buffer.data.rfind(b"\n", start, place) + 1
        for found in _PASSWORD_OF_CLIENT.finditer(buffer.data, max(start, line), place + _ADDRESS):
            group = "quoted" if found["quoted"] else "plain"
            if found.start() < place < found.start(group) and _is_password(b"", found[group], b""):
                yield _secret(*found.span(group), say("finding.secret.password"))


def _is_password(user: bytes, password: bytes, host: bytes) -> bool:
    if not password.isascii():
        return False
    text = password.decode()
    if user == password or is_common(text) or is_stand_in(text) or _NO_HOST.fullmatch(host):
        return False
    return len(text) >= 4
