"""What the name of a value says about it: a password, a key, or neither."""

import re
from enum import Enum
from functools import lru_cache


class Named(Enum):
    """What a name says that its value is."""

    PASSWORD = 1
    KEY = 2


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_PASSWORDS = _words(
    """
    password passwd passwort pwd pass passphrase passcode contrasena
    """
)
_KEYS = _words(
    """
    secret secrets token apikey credential credentials creds cred auth authorization bearer
    accesskey secretkey privatekey authkey authtoken accesstoken apitoken
    """
)
# What makes a secret of a key.
_SECRET_KEYS = _words(
    """
    api access secret private encryption encrypt signing sign auth master account storage
    service subscription client deploy ssh license admin session shared write read ingest
    ingestion user hmac aes rsa jwt webhook consumer developer app application project security
    crypto server rest root cipher host function functions management data google maps openai
    azure aws
    """
)
# With one of these after it, a name speaks about a secret: its length, its file, its hash.
_ABOUT = _words(
    """
    id ids uid name names type types kind count counts length len size file files filename path
    dir folder url uri link endpoint hash hashed digest checksum sha fingerprint policy field
    label hint placeholder prompt format expires expiry expiration expire expired ttl age limit
    max min num total usage index idx pos position start end version error message msg valid
    validity validator validation regex pattern strength reset forgot alias board code frame
    press pressed ring selector store word words stone up down left right algorithm alg method
    mode scheme scope scopes host hostname issuer audience provider enabled required optional
    status state arn vault ref reference manager mesh tab bucket created updated date time
    timestamp vocab logprob logprobs bytes char budget price cost binding event handler callback
    param parameter column description title text meter rotation generator factory class module
    builder helper util utils pair signature map group row mgr loss losses
    """
)
# With one of these before it, a token or key is of another kind.
_OTHER_KINDS = _words(
    """
    public pub publishable csrf xsrf authenticity antiforgery verification next prev previous
    page pagination continuation cursor sync max min num total pad eos bos unk mask sep cls
    special stop primary foreign sort partition cache lookup issuer random forgot reset
    tokenizer id
    """
)
_REACH_BEFORE, _MOST_AFTER = 2, 4


@lru_cache(maxsize=8192)
def named(name: str) -> Named | None:
    """What an identifier or the last words before a value say: "dbPassword", "x-api-key"."""
    parts = [part.lower() for part in _PARTS.findall(name)]
    for place, part in reversed(list(enumerate(parts))):
        found = _of_part(part, parts[place - 1] if place else "")
        if found is not None:
            after, before = parts[place + 1 :], parts[max(0, place - _REACH_BEFORE) : place]
            if part == "pass" and after:
                return None
            is_other = _ABOUT.intersection(after) or _OTHER_KINDS.intersection(before)
            return None if is_other or len(after) > _MOST_AFTER else found
    return None


def _of_part(part: str, before: str) -> Named | None:
    if part == "by" and before == "identified":
        return Named.PASSWORD
    if part in _PASSWORDS or part.endswith(("password", "passwd", "pwd")):
        return Named.PASSWORD
    if part in _KEYS or part.endswith(("secret", "token", "apikey", "accesskey", "secretkey")):
        return Named.KEY
    return Named.KEY if part == "key" and before in _SECRET_KEYS else None
