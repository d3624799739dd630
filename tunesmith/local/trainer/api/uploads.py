"""/v1/uploads: large files, in parts."""

import asyncio
import time
from pathlib import Path

from aiohttp import web

from tunesmith.local.trainer.api.access import team_of
from tunesmith.local.trainer.api.bodies import answer, read_json
from tunesmith.local.trainer.api.errors import ApiError, bad_value, no_such_upload
from tunesmith.local.trainer.api.idempotency import create_once
from tunesmith.local.trainer.api.incoming import join, read_form
from tunesmith.local.trainer.api.names import new_id
from tunesmith.local.trainer.api.objects import File, Upload, UploadPart
from tunesmith.local.trainer.api.requests import UploadComplete, UploadCreate
from tunesmith.local.trainer.api.services import SERVICES, Services
from tunesmith.local.trainer.api.store import Store, StoredUpload

routes = web.RouteTableDef()

UPLOAD_LIFETIME_SECONDS = 3600
_MAX_PART_BYTES = 64 * 1024 * 1024


@routes.post("/v1/uploads")
async def create(request: web.Request) -> web.Response:
    """Announce a file."""
    store = request.app[SERVICES].store
    body = await read_json(request, UploadCreate)
    now = int(time.time())
    upload = StoredUpload(
        id=new_id("upload_"),
        bytes=body.bytes,
        created_at=now,
        expires_at=now + UPLOAD_LIFETIME_SECONDS,
        filename=body.filename,
        purpose=body.purpose,
        expires_after=body.expires_after and body.expires_after.seconds,
    )

    def add() -> Upload:
        store.uploads.add(upload, team_of(request))
        return upload.shown()

    return await create_once(request, body, add)


def _pending(store: Store, upload_id: str, team: str) -> StoredUpload:
    """The team's upload, if it still takes parts. Raises ApiError; inside of `Store.run`."""
    upload = store.uploads.get(upload_id, team)
    if upload is None:
        raise no_such_upload(upload_id)
    status = upload.status
    if status == "pending" and upload.expires_at <= time.time():
        status = "expired"
    if status != "pending":
        raise bad_value(f"Upload {upload_id} is {status}.", "upload_id")
    return upload


@routes.post("/v1/uploads/{upload_id}/parts")
async def add_part(request: web.Request) -> web.Response:
    """Take a chunk of the file in."""
    services, upload_id = request.app[SERVICES], request.match_info["upload_id"]
    store = services.store
    await store.run(lambda: _pending(store, upload_id, team_of(request)))
    form = await read_form(request, "data", services.folders.arriving, _MAX_PART_BYTES)
    part = UploadPart(id=new_id("part_"), created_at=int(time.time()), upload_id=upload_id)

    def add() -> None:
        _pending(store, upload_id, team_of(request))
        form.path.replace(services.folders.parts / part.id)
        store.parts.add(part, parent=upload_id)

    try:
        await store.run(add)
    finally:
        form.path.unlink(missing_ok=True)
    return answer(part)


@routes.post("/v1/uploads/{upload_id}/complete")
async def complete(request: web.Request) -> web.Response:
    """Make the parts a file."""
    services, upload_id = request.app[SERVICES], request.match_info["upload_id"]
    store, folders, team = services.store, services.folders, team_of(request)
    body = await read_json(request, UploadComplete)
    upload = await store.run(lambda: _pending(store, upload_id, team))
    known = {part.id for part in await store.run(lambda: store.parts.all(parent=upload_id))}
    for part_id in body.part_ids:
        if part_id not in known:
            raise bad_value(f"No such part: {part_id}", "part_ids")
    whole = folders.arriving / new_id("arriving-")
    try:
        parts = [folders.parts / part_id for part_id in body.part_ids]
        size, md5 = await asyncio.to_thread(join, parts, whole, upload.bytes)
        _verify(upload, body, size, md5)
        file = await store.run(lambda: _finish(services, upload_id, team, whole))
    except FileNotFoundError:  # Another request has completed or cancelled it meanwhile.
        await store.run(lambda: _pending(store, upload_id, team))
        raise
    finally:
        whole.unlink(missing_ok=True)
    await _drop_parts(services, upload_id)
    done = upload.model_copy(update={"status": "completed", "file": file})
    return answer(done.shown())


def _verify(upload: StoredUpload, body: UploadComplete, size: int, md5: str) -> None:
    if size != upload.bytes:
        raise ApiError(
            400, f"The parts have {size} bytes together, but {upload.bytes} were announced."
        )
    if body.md5 and body.md5.lower() != md5:
        raise bad_value("The parts do not have this checksum.", "md5")


def _finish(services: Services, upload_id: str, team: str, whole: Path) -> File:
    """The upload becomes a file. Inside of `Store.run`."""
    upload = _pending(services.store, upload_id, team)
    now = int(time.time())
    file = File(
        id=new_id("file-", 22),
        bytes=upload.bytes,
        created_at=now,
        expires_at=upload.expires_after and now + upload.expires_after,
        filename=upload.filename,
        purpose=upload.purpose,
    )
    whole.replace(services.folders.files / file.id)
    services.store.files.add(file, team)
    services.store.uploads.put(upload.model_copy(update={"status": "completed", "file": file}))
    return file


@routes.post("/v1/uploads/{upload_id}/cancel")
async def cancel(request: web.Request) -> web.Response:
    """Forget the parts."""
    services, upload_id = request.app[SERVICES], request.match_info["upload_id"]
    store = services.store

    def work() -> StoredUpload:
        upload = _pending(store, upload_id, team_of(request)).model_copy(
            update={"status": "cancelled"}
        )
        store.uploads.put(upload)
        return upload

    upload = await store.run(work)
    await _drop_parts(services, upload_id)
    return answer(upload.shown())


async def _drop_parts(services: Services, upload_id: str) -> None:
    store = services.store

    def work() -> None:
        for part in store.parts.all(parent=upload_id):
            store.parts.remove(part.id)
            (services.folders.parts / part.id).unlink(missing_ok=True)

    await store.run(work)
