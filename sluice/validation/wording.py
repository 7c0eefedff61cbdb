"""How values, counts and lists stand in sentences for people."""

from __future__ import annotations


def shown(value: object, limit: int = 60) -> str:
    """`value` as a person may read it in a sentence: quoted, cut, control characters escaped."""
    text = str(value)
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    if cut.isprintable():
        return f"'{cut}'"
    return "'" + "".join(c if c.isprintable() else repr(c)[1:-1] for c in cut) + "'"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 row`, `1,204 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(items: list[str], limit: int = 5) -> str:
    """`'a', 'b' and 3 more`, each item shown."""
    head = ", ".join(shown(item) for item in items[:limit])
    return head if len(items) <= limit else f"{head} and {len(items) - limit} more"


def number(value: float) -> str:
    """A number as a person reads it: thousands apart, four significant digits."""
    if isinstance(value, int):
        return f"{value:,}"
    size = abs(value)
    if size >= 1e15 or 0 < size < 1e-4:
        return f"{value:.3e}"
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"
