"""`Idempotency-Key`: a create that is sent again, because its answer was lost, is not done again.

As Stripe does it and draft-ietf-httpapi-idempotency-key-header describes it: the first answer is
kept with a fingerprint of its request, in the transaction that created the object, and comes again
for the same request; the key with another request is refused. Refusals are not kept: the request
may succeed the next time.
"""

import hashlib
import json
import time
from collections.abc import Callable

from aiohttp import web
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from tunesmith.local.trainer.api.access import team_of
from tunesmith.local.trainer.api.errors import ApiError
from tunesmith.local.trainer.api.services import SERVICES
from tunesmith.local.trainer.api.store import StoredAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_SECONDS = 30 * 86_400
"""How long a key counts at the least."""
_MAX_KEY = 255


async def create_once(
    request: web.Request, sent: object, create: Callable[[], BaseModel]
) -> web.Response:
    """Answer with what `create` makes inside of a transaction, or made at the first time.

    `sent` is all that the request says, in values that become JSON. Raises ApiError.
    """
    store, key = request.app[SERVICES].store, request.headers.get(HEADER)
    if key is not None and not 0 < len(key) <= _MAX_KEY:
        raise ApiError(400, f"'{HEADER}' must have 1 to {_MAX_KEY} characters.", param=HEADER)
    team = team_of(request)
    said = json.dumps(to_jsonable_python(sent), sort_keys=True)
    fingerprint = hashlib.sha256(said.encode()).hexdigest()

    def work() -> tuple[str, bool]:
        if key is None:
            return create().model_dump_json(), False
        answer_id = _id(team, request.path, key)
        if known := store.answers.get(answer_id, team):
            if known.request != fingerprint:
                raise _used_for_another(key)
            return known.answer, True
        made = create().model_dump_json()
        answer = StoredAnswer(
            id=answer_id, created_at=int(time.time()), request=fingerprint, answer=made
        )
        store.answers.add(answer, team)
        return made, False

    text, replayed = await store.run(work)
    headers = {REPLAYED: "true"} if replayed else None
    return web.Response(text=text, content_type="application/json", headers=headers)


def _id(team: str, path: str, key: str) -> str:
    said = "\0".join((team, path, key)).encode("utf-8", "surrogateescape")
    return hashlib.sha256(said).hexdigest()


def _used_for_another(key: str) -> ApiError:
    shown = key.encode("utf-8", "backslashreplace").decode()
    return ApiError(
        422,
        f"The idempotency key '{shown}' was used for another request. Send the same request again,"
        " or this one with a new key.",
        param=HEADER,
        kind="idempotency_error",
        code="idempotency_key_reused",
    )
