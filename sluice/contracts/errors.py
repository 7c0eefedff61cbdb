"""The errors of Sluice, from wide to narrow; a caller chooses how wide to catch.

    SluiceError
    ├── Refusal              bad input: tell the person, keep it aside, never retry
    │   ├── DropRefused      the data
    │   │   └── Refused      … by the engine, with its finding (sluice.validation)
    │   │       └── OutOfMemory   it takes more memory than the engine was given
    │   ├── SpecRefused      sluice.yaml
    │   └── RequestRefused   a prediction request (carries its HTTP status)
    ├── UsageError           the command line or client was called wrongly (exit code 2)
    │   └── VersionError     the compiled scanner is another version's (sluice.validation.scanner)
    ├── Misread              a cell is no value of its column: its reader says where (sluice.cells)
    └── Turn                 no fault: the one who called goes another way
        ├── NotOurs          the event is about nothing of ours (functions.shared)
        ├── TooLarge         the function cannot hold the drop: a job takes it (functions.validate)
        ├── EndpointGone     the endpoint was replaced: look for its successor (functions.shared)
        └── StreamError      a stream of rows broke off: its reader says why (sluice.validation)

Everything else that is raised is a bug or an outage: it is not caught, and the platform retries.
"""

from __future__ import annotations


class SluiceError(Exception):
    """Base of all errors that Sluice raises on purpose."""


class Refusal(SluiceError):
    """Bad input, in one sentence that names what is wrong, where, and the remedy.

    `reason` says what and where; `remedy` says what to do. `str()` joins them.
    """

    def __init__(self, reason: str, *, remedy: str = "") -> None:
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{reason} {remedy}".strip())


class DropRefused(Refusal):
    """The dropped data cannot be used."""


class SpecRefused(Refusal):
    """A field of sluice.yaml is misspelt, out of range, or beyond the stack's policy."""


class RequestRefused(Refusal):
    """A prediction request that cannot be answered.

    `status` is the HTTP status (4xx or 503); `problems` are one dict a fault with `row`
    (from 0), `column` and `detail`, for RFC 9457 extension members.
    """

    def __init__(
        self,
        status: int,
        reason: str,
        *,
        remedy: str = "",
        problems: tuple[dict[str, object], ...] = (),
    ) -> None:
        super().__init__(reason, remedy=remedy)
        self.status = status
        self.problems = problems


class Turn(SluiceError):
    """Raised for a caller of our own that knows another way; it never reaches a person."""


class UsageError(SluiceError):
    """The caller asked for something that does not exist or makes no sense."""
