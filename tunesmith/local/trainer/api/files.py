"""/v1/files: the files that were uploaded, and those that jobs wrote."""

import re
import time
from typing import Self

from aiohttp import web
from pydantic import ValidationError

from tunesmith.local.trainer.api.access import team_of
from tunesmith.local.trainer.api.bodies import answer, read_query
from tunesmith.local.trainer.api.errors import ApiError, no_such_file
from tunesmith.local.trainer.api.idempotency import create_once
from tunesmith.local.trainer.api.incoming import Form, read_form
from tunesmith.local.trainer.api.invalid import from_validation
from tunesmith.local.trainer.api.names import new_id
from tunesmith.local.trainer.api.objects import Deleted, File, FilePurpose
from tunesmith.local.trainer.api.requests import MAX_FILE_BYTES, Body, ExpiresAfter, FilesQuery
from tunesmith.local.trainer.api.services import SERVICES
from tunesmith.local.trainer.api.store import Store, Where

routes = web.RouteTableDef()


class _Fields(Body):
    """The fields beside the file."""

    purpose: FilePurpose
    expires_after: ExpiresAfter | None = None

    @classmethod
    def of(cls, form: Form) -> Self:
        """Read `purpose` and `expires_after[...]`. Raises ApiError."""
        fields: dict[str, object] = {}
        expires: dict[str, str] = {}
        for name, value in form.fields.items():
            if part := re.fullmatch(r"expires_after\[(.*)\]", name):
                expires[part[1]] = value
                fields["expires_after"] = expires
            else:
                fields[name] = value
        try:
            # Not strict: in a form, numbers are text.
            return cls.model_validate(fields, strict=False)
        except ValidationError as error:
            raise from_validation(error) from error


def not_expired() -> Where:
    """Files whose time has not run out."""
    return Where(
        "coalesce(json_extract(body, '$.expires_at') > ?, 1)",
        (int(time.time()),),
    )


def find_file(store: Store, file_id: str, team: str | None = None) -> File | None:
    """A file, of this team if one is named, that is still there. Inside of `Store.run`."""
    file = store.files.get(file_id, team)
    return None if file and file.expires_at and file.expires_at <= time.time() else file


@routes.post("/v1/files")
async def create(request: web.Request) -> web.Response:
    """Take a file in."""
    services = request.app[SERVICES]
    form = await read_form(request, "file", services.folders.arriving, MAX_FILE_BYTES)
    try:
        fields = _Fields.of(form)
        if form.size == 0:
            raise ApiError(400, "File is empty.", param="file")
        now = int(time.time())
        file = File(
            id=new_id("file-", 22),
            bytes=form.size,
            created_at=now,
            expires_at=fields.expires_after and now + fields.expires_after.seconds,
            filename=form.filename,
            purpose=fields.purpose,
        )

        def add() -> File:
            form.path.replace(services.folders.files / file.id)
            services.store.files.add(file, team_of(request))
            return file

        return await create_once(request, (fields, form.filename, form.sha256), add)
    finally:
        form.path.unlink(missing_ok=True)


@routes.get("/v1/files")
async def list_files(request: web.Request) -> web.Response:
    """Newest first, unless asked otherwise."""
    store = request.app[SERVICES].store
    query = read_query(request, FilesQuery)
    where = [not_expired()]
    if query.purpose:
        where.append(Where("json_extract(body, '$.purpose') = ?", (query.purpose,)))
    page = await store.run(
        lambda: store.files.page(
            query, *where, parent=team_of(request), oldest_first=query.order == "asc"
        )
    )
    return answer(page)


async def _file(request: web.Request) -> File:
    store, file_id = request.app[SERVICES].store, request.match_info["file_id"]
    file = await store.run(lambda: find_file(store, file_id, team_of(request)))
    if file is None:
        raise no_such_file(file_id)
    return file


@routes.get("/v1/files/{file_id}")
async def retrieve(request: web.Request) -> web.Response:
    """What is known of a file."""
    return answer(await _file(request))


@routes.get("/v1/files/{file_id}/content")
async def content(request: web.Request) -> web.StreamResponse:
    """The file's bytes, just as they came."""
    file = await _file(request)
    path = request.app[SERVICES].folders.files / file.id
    return web.FileResponse(path, headers={"Content-Type": "application/octet-stream"})


@routes.delete("/v1/files/{file_id}")
async def delete(request: web.Request) -> web.Response:
    """Forget a file. A job that has validated it keeps its own."""
    services = request.app[SERVICES]
    file = await _file(request)
    await services.store.run(lambda: services.store.files.remove(file.id))
    (services.folders.files / file.id).unlink(missing_ok=True)
    return answer(Deleted(id=file.id, object="file"))
