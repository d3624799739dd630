"""Personal data: e-mail addresses, phone, card and account numbers, national identity numbers.

Numbers count only where their check digits or numbering plan say so (python-stdnum,
phonenumbers), so that an order number is rarely taken for a card.
"""

import re
import string
from collections.abc import Callable, Iterator

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import TextRule
from tunesmith.bot.datasets.text_buffer import Passage, TextBuffer
from tunesmith.bot.messages import Message, say

_EMAIL = re.compile(
    rb"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
# Addresses that belong to nobody: RFC 2606 and 6761, and names that stand for anyone.
_NOBODY = re.compile(
    rb"(?i)(?:no-?reply|user(?:name)?|name|you|email|someone)@.*|"
    rb".*@(?:.+\.)?(?:example(?:\.\w+)*|test|invalid|localhost|domain\.com|email\.com)"
)
# What may stand on either side of the @.
_IN_EMAIL = (string.ascii_letters + string.digits + "._%+-").encode()


def _number(pattern: bytes) -> re.Pattern[bytes]:
    """A number that is not part of a longer one."""
    return re.compile(rb"(?<![\w.+-])(?:" + pattern + rb")(?![\w-]|\.\d)")


def _is_card(text: str) -> bool:
    from stdnum import luhn  # noqa: PLC0415 - only texts with such numbers pay for it

    return luhn.is_valid(re.sub(r"\D", "", text))


def _is_iban(text: str) -> bool:
    from stdnum import iban  # noqa: PLC0415

    return iban.is_valid(text)


def _is_rrn(text: str) -> bool:
    from stdnum.kr import rrn  # noqa: PLC0415

    return rrn.is_valid(text)


def _is_ric(text: str) -> bool:
    from stdnum.cn import ric  # noqa: PLC0415
    from stdnum.exceptions import ValidationError  # noqa: PLC0415

    # Not is_valid: it refuses places of birth that have been renamed since.
    try:
        ric.get_birth_date(text)
        return ric.calc_check_digit(text) == text[-1]
    except ValidationError:
        return False


def _is_ssn(text: str) -> bool:
    from stdnum.us import ssn  # noqa: PLC0415

    return ssn.is_valid(text)


def _is_phone_in(region: str | None) -> Callable[[str], bool]:
    def is_phone(text: str) -> bool:
        import phonenumbers  # noqa: PLC0415

        try:
            return phonenumbers.is_valid_number(phonenumbers.parse(text, region))
        except phonenumbers.NumberParseException:
            return False

    return is_phone


# Kind, form, check. The card forms are the issuer ranges of ISO/IEC 7812 in use (Visa,
# Mastercard, Discover, UnionPay, JCB; then American Express).
_NUMBERS: tuple[tuple[Message, re.Pattern[bytes], Callable[[str], bool]], ...] = (
    (
        say("finding.personal.card"),
        _number(
            rb"(?:4\d|5[1-5]|2[2-7]|6[0245]|35)\d\d([ -]?)\d{4}\1\d{4}\1\d{4}(?! ?\d)"
            rb"|3[47]\d\d([ -]?)\d{6}\2\d{5}(?! ?\d)"
        ),
        _is_card,
    ),
    (say("finding.personal.korean_resident"), _number(rb"\d{6}-?[1-8]\d{6}"), _is_rrn),
    (say("finding.personal.chinese_identity"), _number(rb"[1-9]\d{16}[\dX]"), _is_ric),
    (say("finding.personal.us_social_security"), _number(rb"\d{3}-\d\d-\d{4}"), _is_ssn),
    (say("finding.personal.phone"), _number(rb"\+\d[\d .()-]{7,18}\d"), _is_phone_in(None)),
    (
        say("finding.personal.phone"),
        _number(rb"01[016-9][ -]?\d{3,4}[ -]?\d{4}|0(?:2|[3-6]\d)-\d{3,4}-\d{4}"),
        _is_phone_in("KR"),
    ),
    (say("finding.personal.phone"), _number(rb"1[3-9]\d[ -]?\d{4}[ -]?\d{4}"), _is_phone_in("CN")),
    (
        say("finding.personal.phone"),
        _number(rb"(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[.-]\d{4}"),
        _is_phone_in("US"),
    ),
)
_IBAN = _number(rb"[A-Z]{2}\d\d ?(?:[A-Z0-9]{4} ?){2,7}[A-Z0-9]{1,4}")
# Digits with at most two characters between them, of those that numbers are written with.
# Possessive, so that a list of a million numbers keeps no way back.
_CHAIN = re.compile(rb"[+(]?\d(?:[ .()-]{0,2}\d)*+")
_MIN_DIGITS = 9
# A longer chain is a list of numbers: each is looked at by itself.
_MAX_DIGITS = 34


def find(buffer: TextBuffer) -> Iterator[Passage]:
    """All personal data in the buffer, in no order."""
    yield from _emails(buffer)
    for start, end in buffer.digit_stretches():
        for found in _IBAN.finditer(buffer.data, start, end):
            if _is_iban(found[0].decode()):
                yield _personal(found, say("finding.personal.iban"))
        for chain in _CHAIN.finditer(buffer.data, start, end):
            for number in _numbers(chain):
                yield from _recognise(buffer, *number)


def _emails(buffer: TextBuffer) -> Iterator[Passage]:
    done = 0
    for place in buffer.find(b"@"):
        if buffer.data[place - 1 : place + 2].translate(None, _IN_EMAIL) == b"@":
            start, end = buffer.span_around(place, 128)
            for found in _EMAIL.finditer(buffer.data, max(start, done), end):
                if found.start() < place < found.end():
                    done = found.end()
                    if not _NOBODY.fullmatch(found[0]):
                        yield _personal(found, say("finding.personal.email"))
                    break


def _numbers(chain: re.Match[bytes]) -> Iterator[tuple[int, int]]:
    """The chain as a whole, or its parts where it is a list of numbers."""
    text = chain[0]
    digits = len(text) - len(text.translate(None, b"0123456789"))
    if digits < _MIN_DIGITS:
        return
    if digits <= _MAX_DIGITS:
        yield chain.span()
        return
    place = chain.start()
    for part in text.split(b" "):
        if len(part) >= _MIN_DIGITS:
            yield place, place + len(part)
        place += len(part) + 1


def _recognise(buffer: TextBuffer, start: int, end: int) -> Iterator[Passage]:
    """The first kind that a number is of."""
    for kind, form, is_valid in _NUMBERS:
        # One more character: an identity number may end in X.
        for found in form.finditer(buffer.data, start, end + 1):
            if is_valid(found[0].decode()):
                yield _personal(found, kind)
                return


def _personal(found: re.Match[bytes], kind: Message) -> Passage:
    return Passage(*found.span(), "personal_data", kind, private=True)


RULE = TextRule(
    code="personal_data",
    severity=Severity.WARNING,
    find=find,
    bad="Call 010-2345-6789.",
    good="Call order 12-345.",
)
