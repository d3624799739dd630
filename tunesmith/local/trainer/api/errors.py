"""The errors that the API answers with: OpenAI's shape, status codes and codes.

Codes and sentences were read in public reports of OpenAI's own answers where there are some.
"""

from collections.abc import Mapping

from aiohttp import web


class ApiError(Exception):
    """Ends a request with `{"error": {message, type, param, code}}`."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "error": {"message": message, "type": kind, "param": param, "code": code},
        }
        self.headers = headers

    def response(self) -> web.Response:
        """The error as an answer."""
        return web.json_response(self.body, status=self.status, headers=self.headers)


def no_such_file(file_id: str) -> ApiError:
    """A file that isn't there, or not any more."""
    return ApiError(404, f"No such File object: {file_id}", param="id")


def no_such_upload(upload_id: str) -> ApiError:
    """An upload that isn't there."""
    return ApiError(404, f"No such Upload object: {upload_id}", param="id")


def no_such_job(job_id: str) -> ApiError:
    """A job that isn't there."""
    return ApiError(
        404,
        f"Could not find fine tune: {job_id}",
        param="fine_tune_id",
        code="fine_tune_not_found",
    )


def no_such_model(name: str) -> ApiError:
    """A model that isn't there; every provider's name that is not trained here, too."""
    return ApiError(
        404,
        f"The model `{name}` does not exist or you do not have access to it.",
        code="model_not_found",
    )


def not_trainable(name: str) -> ApiError:
    """A base model that cannot be fine-tuned here."""
    return ApiError(
        400,
        f"Model {name} is not available for fine-tuning or does not exist.",
        code="model_not_available",
    )


def no_space() -> ApiError:
    """The disk is full. The official clients try again."""
    return ApiError(
        507,
        "No space is left on the server's disk. Nothing was kept of this request: send it again"
        " when there is space.",
        code="insufficient_storage",
        kind="server_error",
        headers={"Retry-After": "60"},
    )


def bad_value(message: str, param: str, code: str | None = None) -> ApiError:
    """A parameter that cannot be used."""
    return ApiError(400, message, param=param, code=code)
