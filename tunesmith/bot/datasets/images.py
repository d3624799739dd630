"""Images in messages: their type and size, and the limits.

Source: developers.openai.com/api/docs/guides/vision-fine-tuning (as of 2026-11-20): JPEG, PNG or
WEBP, RGB or RGBA, at most 10 MB each and 10 an example, 50,000 examples with images a file.
"""

import base64
import binascii
import io
from contextlib import suppress
from typing import NamedTuple

from tunesmith.bot.datasets.findings import JsonObject

# What an address begins with, unlike a data URL.
SCHEMES = ("http://", "https://")
# developers.openai.com/api/docs/guides/images-vision, "Choose an image detail level"
DETAILS = ("auto", "low", "high")
MAX_IMAGES = 10
MAX_IMAGE_EXAMPLES = 50_000
MAX_BYTES = 10_000_000
TYPES = ("JPEG", "PNG", "WEBP")


class Image(NamedTuple):
    """What the head of an image says. `size` is width and height in pixels."""

    type: str
    size: tuple[int, int]
    mode: str


def image_url(part: JsonObject) -> tuple[str, str]:
    """The address and the detail ("auto", "low", "high") of an image part; "" where it has none."""
    holder = part.get("image_url")
    if not isinstance(holder, dict):
        return "", "auto"
    url, detail = holder.get("url"), holder.get("detail")
    return url if isinstance(url, str) else "", detail if isinstance(detail, str) else "auto"


def read_head(url: str) -> Image | None:
    """Look at the head of a base64 data URL; None where it is no image that can be read."""
    head, _, data = url.partition(";base64,")
    if not head.startswith("data:image/"):
        return None
    # The size stands in the first kilobytes, but in a JPEG behind all its metadata.
    return _open(data[: 4 * 65_536]) or _open(data)


def _open(data: str) -> Image | None:
    from PIL import Image as Pillow  # noqa: PLC0415 - only files with images pay for it

    try:
        with Pillow.open(io.BytesIO(base64.b64decode(data, validate=True))) as image:
            return Image(image.format or "?", image.size, image.mode)
    except (binascii.Error, ValueError, OSError, SyntaxError, Pillow.DecompressionBombError):
        return None


# The last bytes of a file of each type.
_ENDINGS = {"JPEG": b"\xff\xd9", "PNG": b"IEND\xaeB`\x82"}
_TAIL = 64


def is_whole(url: str, kind: str) -> bool:
    """Whether an image in a data URL can be read to its end.

    One that ends as its type does is not read for it.
    """
    data = url.partition(";base64,")[2]
    ending = _ENDINGS.get(kind)
    if ending is not None and len(data) % 4 == 0:
        with suppress(binascii.Error):
            if base64.b64decode(data[-_TAIL:], validate=True).endswith(ending):
                return True
    return _loads(data)


def _loads(data: str) -> bool:
    from PIL import Image as Pillow  # noqa: PLC0415

    try:
        with Pillow.open(io.BytesIO(base64.b64decode(data, validate=True))) as image:
            image.load()
    except (binascii.Error, ValueError, OSError, SyntaxError, Pillow.DecompressionBombError):
        return False
    return True


def parts(message: JsonObject) -> list[JsonObject]:
    """The image parts of a message."""
    content = message.get("content")
    if not isinstance(content, list):
        return []
    return [part for part in content if isinstance(part, dict) and part.get("type") == "image_url"]
