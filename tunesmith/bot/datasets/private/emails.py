"""E-mail addresses of persons."""

import re
import string
from collections.abc import Iterator

from tunesmith.bot.datasets.text_buffer import TextBuffer

_EMAIL = re.compile(
    rb"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.)+([A-Za-z]{2,24})(?![A-Za-z0-9_@]|-\w)"
)
# Addresses of nobody (RFC 2606 and 6761, and names that stand for anyone), of a role and not of a
# person, and accounts on machines.
_NOBODY = re.compile(
    rb"""(?ix) (?:.*[._+-])?(?:no-?reply|do-?not-?reply)@.* |
    (?:user(?:name)?\d*|name|your?(?:[._-]?(?:name|email|mail|address))?|my[._-]?(?:name|e?mail)|
    first(?:name)?[._-]last(?:name)?|e?mail|someone|somebody|anyone|nobody|test(?:er|ing)?\d*|
    test[._-]?(?:user|e?mail)\d*|foo|bar|baz|demo|dummy|fake|sample|example|person|recipient|sender|
    to|from|alice|bob|(?:john|jane)(?:[._-]?(?:doe|smith))?|j\.?doe|a|b|x|y|xxx+|abc|root|admin|
    git|hg|svn|ec2-user|ubuntu|centos|debian|ssh|
    info|support|sales|help|hello|contact|service|office|team|billing|abuse|security|privacy|legal|
    press|media|jobs|careers|hr|webmaster|postmaster|hostmaster|newsletter|feedback|customer[._-]?
    (?:service|support|care)|marketing|orders?|notifications?|alerts?|mailer-daemon)@.* |
    .*@(?:.+\.)?(?:(?:my|your)?(?:example|sample|test|company|domain|host|site|website|mail|email|
    provider|server|foo|bar|acme|contoso|fabrikam|placeholder)\.\w+(?:\.\w+)?) |
    .*@.*\.(?:example|test|invalid|localhost|local|internal|lan|localdomain)"""
)
# Endings of files, and of attributes in code, that look like the end of a host's name.
_ENDINGS = frozenset(
    re.findall(
        rb"\w+",
        b"""
    com org net edu gov mil int info biz name pro dev app io ai cloud tech online site store
    shop blog xyz club live news email me tv cc work agency studio design digital media group
    global world life today team company solutions systems services software network academy
    school university health care law legal bank finance capital ventures consulting expert one
    page link space website asia africa berlin london paris tokyo seoul nyc
    """,
    )
)
_COUNTRY = 2
_NO_COUNTRIES = frozenset(b"py js ts md rs sh go cs rb gz db mp ps xz ui fn ok xx yy zz".split())
_IN_EMAIL = (string.ascii_letters + string.digits + "._%+-").encode()
_REACH = 128
_URL = re.compile(rb"://[^\s/]*$")


def find(buffer: TextBuffer) -> Iterator[tuple[int, int]]:
    """Where the addresses stand."""
    done = 0
    for place in buffer.find(b"@"):
        if place < done or buffer.data[place - 1 : place + 2].translate(None, _IN_EMAIL) != b"@":
            continue
        start, end = buffer.span_around(place, _REACH)
        local = buffer.data[start:place]
        local = local[len(local.rstrip(_IN_EMAIL)) :].lstrip(b"._%+-")
        start = place - len(local)
        done = place + 1
        found = _EMAIL.match(buffer.data, start, end)
        if found and _is_persons(buffer.data, found):
            done = found.end()
            yield found.span()


def _is_persons(data: bytes, found: re.Match[bytes]) -> bool:
    ending = found[1].lower()
    is_country = len(ending) == _COUNTRY and ending not in _NO_COUNTRIES
    if not (is_country or ending in _ENDINGS) or _NOBODY.fullmatch(found[0]):
        return False
    # What stands in front of the host of a URL is no address.
    return _URL.search(data, max(0, found.start() - _REACH), found.start()) is None
