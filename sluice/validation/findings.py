"""How the engine says what is wrong: a refusal is an error that carries its finding."""

from __future__ import annotations

from sluice.contracts.dataset import Finding
from sluice.contracts.errors import DropRefused


class Refused(DropRefused):
    """The drop cannot be used; `finding` says what, where and the remedy, for the report."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        remedy: str,
        column: str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.finding = Finding(
            severity="refuse", code=code, message=message, remedy=remedy, column=column, line=line
        )


def shown(value: object, limit: int = 60) -> str:
    """`value` as a person may read it in a sentence: quoted, cut, control characters escaped."""
    text = str(value)
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return "'" + "".join(c if c.isprintable() else repr(c)[1:-1] for c in cut) + "'"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 row`, `1,204 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(items: list[str], limit: int = 5) -> str:
    """`'a', 'b' and 3 more`, each item shown."""
    head = ", ".join(shown(item) for item in items[:limit])
    return head if len(items) <= limit else f"{head} and {len(items) - limit} more"
