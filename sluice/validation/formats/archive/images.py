"""One image: decoded once, to know that it can be, and what it is. Its bytes stay as they are."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sluice.validation.refusals import Refused
from sluice.validation.wording import shown

if TYPE_CHECKING:
    from PIL import Image

EXTENSIONS_OF: Final = {
    "PNG": (".png",),
    "JPEG": (".jpg", ".jpeg"),
    "GIF": (".gif",),
    "WEBP": (".webp",),
    "BMP": (".bmp",),
}
"""By Pillow's name of each format that is taken."""
EXTENSIONS: Final = tuple(ending for endings in EXTENSIONS_OF.values() for ending in endings)

MAX_IMAGE_BYTES: Final = 10_000_000
MAX_IMAGE_PIXELS: Final = 50_000_000
"""Of one image: decoded, 200 MB at most. A few kilobytes of PNG can claim far more."""
_DECODED_BYTES: Final = 4 * MAX_IMAGE_PIXELS
_WEBP_BYTES: Final = 16
"""A pixel: the image, and beside it two frames and a copy."""
_COEFFICIENT_BYTES: Final = 2
"""A pixel and channel of a progressive JPEG, all of which stand in memory at a time."""

_SAME_AS: Final = {"MPO": "JPEG"}
"""A JPEG with a second picture behind it, as some phones write."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """What an image is."""

    format: str
    width: int
    height: int
    channels: int
    """1: grey; 3: colours; one more with transparency."""
    is_animated: bool


def look_at(place: str, data: bytes) -> Picture:
    """Decode an image (an animation's first frame); raises `Refused` where that fails."""
    import PIL
    from PIL import Image

    try:
        # What Pillow warns of (odd metadata, mostly) does not keep an image from being seen.
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(data), formats=list(EXTENSIONS_OF)) as image,
        ):
            width, height = image.size
            most, kind = _most_pixels(image)
            if width * height > most:
                raise _too_many_pixels(place, f"{width:,} x {height:,}", most, kind)
            # A JPEG is read to its end, but shown at an eighth: its pixels are not needed.
            image.draft(None, (1, 1))
            image.load()
            bands = image.getbands()
            if image.mode == "P":
                bands = ("R", "G", "B", *("A" for _ in [0] if "transparency" in image.info))
            name = str(image.format)
            return Picture(
                format=_SAME_AS.get(name, name),
                width=width,
                height=height,
                channels=len(bands),
                is_animated=name != "MPO" and bool(getattr(image, "is_animated", False)),
            )
    except Refused:
        raise
    except Image.DecompressionBombError:
        size = f"over {3 * MAX_IMAGE_PIXELS:,}"
        raise _too_many_pixels(place, size, MAX_IMAGE_PIXELS, "image") from None
    except PIL.UnidentifiedImageError:
        raise Refused(
            "not-an-image",
            f"{place}: by its bytes this is no PNG, JPEG, GIF, WebP or BMP image.",
            remedy="Export it again as one of these, or leave it out.",
        ) from None
    # Decoders meet damaged bytes with errors of any kind.
    except Exception as error:
        raise Refused(
            "damaged-image",
            f"{place}: this image is cut off or damaged ({shown(str(error), 80)}).",
            remedy="Copy or export it again, or leave it out.",
        ) from None


def _most_pixels(image: Image.Image) -> tuple[int, str]:
    """How many pixels are taken of one such image, and what such an image is called."""
    if image.format == "WEBP":
        return _DECODED_BYTES // _WEBP_BYTES, "WebP image"
    if "progressive" in image.info:
        most = _DECODED_BYTES // (_COEFFICIENT_BYTES * len(image.getbands()))
        return min(most, MAX_IMAGE_PIXELS), "progressive JPEG"
    return MAX_IMAGE_PIXELS, "image"


def _too_many_pixels(place: str, size: str, most: int, kind: str) -> Refused:
    return Refused(
        "image-too-large",
        f"{place}: {size} pixels; at most {most:,} are taken of one {kind}.",
        remedy="Scale it down; learners look at far fewer pixels.",
    )
