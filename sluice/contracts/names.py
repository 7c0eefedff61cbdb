"""Every name that two parts of Sluice must agree on, and nothing else.

Lengths follow SageMaker's limit of 63 characters for job, model and endpoint names:
slug 12 + "-" + model 32 + "-" + drop 12 + "-" + attempt 2 = 61, and 62 for a validation's job.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

STAGES: Final = ("drop", "validate", "train", "gate", "deploy", "serve", "watch")
"""The way of the data, in order. Folder, construct, queue, log field and title use these words."""

KEEPERS: Final = ("record", "reconcile")
"""The two functions that stand beside the way."""

VALIDATION_ATTEMPTS: Final = 3
"""Jobs that may validate one drop: another one only where AWS is to blame for the last."""

SPEC_FILE: Final = "sluice.yaml"
_LIKE_SPEC = re.compile(r"sluice([ _-]?\(?\d+\)?)?\.ya?ml(\.(txt|ya?ml|bak))?", re.IGNORECASE)
SUCCESS_MARKER: Final = "_SUCCESS"
"""Spark's convention: the file that closes a folder of parts."""

SLUG_PATTERN: Final = r"[a-z][a-z0-9]{1,11}"
MODEL_PATTERN: Final = r"[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?"
_SLUG = re.compile(SLUG_PATTERN)
_EXTENSION = re.compile(r"(\.[^.]+)?\.(gz|zst)$|\.[^.]+$", re.IGNORECASE)
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "æ": "ae", "ø": "oe"})
"""Letters that a name without marks would misspell; casefold makes ss of ß."""
_MODEL = re.compile(MODEL_PATTERN)
_RUN = re.compile(
    rf"(?P<slug>{SLUG_PATTERN})-(?P<model>_|{MODEL_PATTERN})-(?P<drop>[a-z2-7]{{12}})"
)


def is_slug(text: str) -> bool:
    """Whether `text` may name a stack."""
    return _SLUG.fullmatch(text) is not None


def is_like_spec(name: str) -> bool:
    """Whether a file is called nearly as `SPEC_FILE` is, and is surely meant to be it."""
    return name != SPEC_FILE and _LIKE_SPEC.fullmatch(name) is not None


def is_model(text: str) -> bool:
    """Whether `text` may name a model: lower-case letters, digits and inner dashes, 32 at most."""
    return _MODEL.fullmatch(text) is not None


def model_name(file: str) -> str:
    """The name that a file's or a folder's own name gives its model; it may be none that is valid.

    `Häuser.csv.gz` gives `haeuser`: extensions go, German umlauts are spelled out, of other letters
    the marks go.
    """
    name = _EXTENSION.sub("", file) or file
    plain = unicodedata.normalize("NFC", name).casefold().translate(_SPELLED_OUT)
    letters = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def split_salt(slug: str, model: str) -> str:
    """What moves the split of rows to learn from and to judge by: one a model, for ever."""
    return f"{slug}/{model}"


def drop_id(slug: str, model: str, key: str, version_id: str) -> str:
    """12 base32 characters that name one drop for ever.

    The key and version are those of the object whose arrival made the drop: the file, or the
    folder's `_SUCCESS`. sluice.yaml is left out, so that a duplicate event that arrives after
    somebody edited sluice.yaml is still the same drop (docs/adr/0005).
    """
    digest = hashlib.sha256("\0".join((slug, model, key, version_id)).encode()).digest()
    return base64.b32encode(digest).decode()[:12].lower()


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One drop on its way: the name that all its jobs, models and events share."""

    slug: str
    model: str
    drop: str

    def __str__(self) -> str:
        return f"{self.slug}-{self.model}-{self.drop}"

    @classmethod
    def parse(cls, text: str) -> Run:
        """The run that `text` names; `ValueError` where it names none."""
        match = _RUN.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is no run: a run is <stack>-<model>-<drop id>.")
        return cls(**match.groupdict())

    def attempt(self, number: int) -> str:
        """Name of the training job, evaluation, SageMaker Model or EndpointConfig: `<run>-<nn>`."""
        if not 1 <= number <= 99:
            raise ValueError(f"attempt {number} of {self}: attempts count from 1 to 99.")
        return f"{self}-{number:02d}"

    def validation(self, number: int) -> str:
        """Name of the job that validates a drop too large for the function: `<run>-v<nn>`."""
        if not 1 <= number <= VALIDATION_ATTEMPTS:
            raise ValueError(f"validation {number} of {self}: there are {VALIDATION_ATTEMPTS}.")
        return f"{self}-v{number:02d}"

    @property
    def handover_key(self) -> str:
        """What the function tells that job, in the artifact bucket."""
        return f"handovers/{self.model}/{self.drop}.json"

    @property
    def dataset_prefix(self) -> str:
        """Where the accepted dataset lies in the artifact bucket; ends in `/`."""
        return f"datasets/{self.model}/{self.drop}/"

    @property
    def quarantine_prefix(self) -> str:
        """Where a rejected drop is kept aside; ends in `/`."""
        return f"quarantine/{self.model}/{self.drop}/"

    @property
    def runs_prefix(self) -> str:
        """Where training output and evaluations of this run lie; ends in `/`."""
        return f"runs/{self.model}/{self}/"


def parse_attempt(name: str) -> tuple[Run, int]:
    """The run and number in a `<run>-<nn>` or `<run>-v<nn>` name; `ValueError` where it is none."""
    head, dash, tail = name.rpartition("-")
    number = tail.removeprefix("v")
    if not dash or len(number) != 2 or not number.isdigit():
        raise ValueError(f"{name!r} is no attempt: an attempt is <run>-<two digits>.")
    return Run.parse(head), int(number)


NO_MODEL: Final = "_"
"""Stands for the model where a key names no valid one; only in quarantine paths and the ledger."""


def package_group(slug: str, model: str) -> str:
    """Name of the model's ModelPackageGroup in SageMaker's registry."""
    return f"{slug}-{model}"


def endpoint(slug: str, model: str, generation: int) -> str:
    """Name of the model's endpoint; the generation moves with signature or instance type."""
    return f"{slug}-{model}-g{generation}"


def parse_endpoint(name: str) -> tuple[str, str, int]:
    """Slug, model and generation of an endpoint name; `ValueError` where it is none of ours."""
    match = re.fullmatch(rf"({SLUG_PATTERN})-({MODEL_PATTERN})-g(\d+)", name)
    if match is None:
        raise ValueError(f"{name!r} is no endpoint of Sluice.")
    return match[1], match[2], int(match[3])


def is_endpoint_of(name: str, slug: str, model: str) -> bool:
    """Whether `name` is an endpoint of this model; others may use our prefix for their own."""
    return re.fullmatch(rf"{re.escape(slug)}-{re.escape(model)}-g\d+", name) is not None


VARIANT: Final = "main"
"""The one production variant of every endpoint."""


def capture_prefix(endpoint_config: str) -> str:
    """Where captured traffic of one endpoint config lies in the artifact bucket; ends in `/`."""
    return f"captures/{endpoint_config}/"


def event_source(slug: str) -> str:
    """`source` of every event that Sluice itself puts on the default bus."""
    return f"sluice.{slug}"
