"""What validate says of a drop: the schema it inferred, what it found, and the verdict.

These are the documents `schema.json` and `report.json`; `accepted.json` and `rejected.json` are
the commit markers that end the stage.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from sluice.contracts import tasks

ColumnType = Literal[
    "integer",
    "number",
    "boolean",
    "category",
    "date",
    "timestamp",
    "text",
    "identifier",
    "image",
]
TaskName = Annotated[str, AfterValidator(tasks.known_task)]
"""The name of a row of `tasks.TASKS`."""
UNREAD: Final[tuple[ColumnType, ...]] = ("identifier", "text", "image")
"""Types that no learner of tables looks at."""
Severity = Literal["refuse", "warn", "note"]
Scalar = str | int | float | bool


MIN_ROWS: Final = 20
"""Fewer rows are no dataset: there must be some to learn from, and some to judge by."""

ROWS_FILE = "rows.jsonl"
"""The quarantined rows of an accepted drop: file, line, reason and text of each."""


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


DecimalMark = Literal[".", ","]
ThousandsMark = Literal["", ",", ".", " ", "'"]


class Reading(_Document):
    """How the text of a column's values is written, where not in the plain way (`cells.py`)."""

    decimal: DecimalMark = "."
    thousands: ThousandsMark = ""
    """What stands between groups of three digits."""
    unit: str = ""
    """What numbers carry before or behind them: $, EUR, %. A value may lack it, none may have
    another."""
    is_bookkept: bool = False
    """Whether a minus may stand behind, or brackets for it: 50.00-, (50.00)."""
    format: str | None = None
    """Of dates, timestamps and durations, in strptime's directives: %d/%m/%Y; None: ISO 8601."""

    @property
    def is_figure(self) -> bool:
        """Whether numbers are written for people: with groups, a unit, or a bookkeeper's minus."""
        return bool(self.thousands or self.unit or self.is_bookkept)


PLAIN: Final = Reading()
"""Numbers and times as JSON and ISO 8601 write them."""


class Column(_Document):
    """One column as the data shows it."""

    name: str
    type: ColumnType
    nullable: bool
    """Whether the dropped data had missing values here."""
    min: Scalar | None = None
    max: Scalar | None = None
    allowed: tuple[str, ...] | None = None
    """The values of a category, most frequent first; None for other types."""
    reading: Reading | None = None
    """How its text is written; None: the plain way."""
    excluded: bool = False
    """Whether sluice.yaml says that no model is to look at it."""


class Target(_Document):
    """The column to predict."""

    name: str
    classes: tuple[Scalar, ...] | None = None
    """The labels as the data spells them, sorted; None where the target is a quantity, as in
    regression and forecasting. Semi-supervised learning has either."""
    baseline: Scalar
    """What a model that looks at nothing would answer: the majority class or the mean of the
    training rows that have a target."""


class Schema(_Document):
    """`schema.json`: the columns in file order (the target among them), the target and the task.

    Where the task predicts nothing, the target is None.
    """

    columns: tuple[Column, ...]
    target: Target | None
    task: TaskName
    missing: tuple[str, ...] = ()
    """Spellings of a missing value, beside nothing at all."""

    @property
    def features(self) -> tuple[Column, ...]:
        """The columns a model may look at."""
        return features_of(self.columns, self.target.name if self.target else None, self.task)


def features_of(columns: Iterable[Column], target: str | None, task: str) -> tuple[Column, ...]:
    """The columns a model may look at: texts where the task is about texts, images where it is
    about images; else all but the target, identifiers, free text and images. None is excluded."""
    others = (c for c in columns if c.name != target and not c.excluded)
    if task in tasks.CONTENT:
        return tuple(c for c in others if c.type == task)
    return tuple(c for c in others if c.type not in UNREAD)


class Change(_Document):
    """What a remedy comes to, for a program that applies it: one of its members."""

    settings: dict[str, Any] | None = None
    """Lines of sluice.yaml, to be merged into what it says."""
    command: str | None = None
    """A line for a shell, beside the dropped file."""


class Finding(_Document):
    """One thing that validate noticed, with its evidence and its remedy."""

    severity: Severity
    code: str
    """A stable word for machines, such as `constant-column`."""
    message: str
    """One sentence that names line or column."""
    remedy: str = ""
    column: str | None = None
    line: int | None = None
    """Counted from 1, the header included."""
    changes: tuple[Change, ...] = ()
    """What the remedy comes to, any of them; none where only a person can do it."""


class Report(_Document):
    """`report.json`: the verdict first, then everything it rests on."""

    verdict: Literal["accepted", "rejected"]
    reason: str
    """The verdict in one sentence."""
    source: str
    """The file's name as the user dropped it."""
    rows: int = 0
    """Those accepted, of a drop that was accepted."""
    quarantined_rows: int = 0
    """Records that do not parse and were put aside; with `rows` they are all that was dropped."""
    train_rows: int = 0
    holdout_rows: int = 0
    columns: tuple[Column, ...] = ()
    target: Target | None = None
    task: TaskName | None = None
    task_reason: str = ""
    findings: tuple[Finding, ...] = ()
    dialect: dict[str, Any] = {}
    """How the file was read: format, encoding, delimiter, quote, header."""
    profile: dict[str, Any] = {}
    """Per column statistics of the rows; also `profile.json`, drift's reference."""


class Accepted(_Document):
    """`accepted.json`: the commit marker beside an accepted dataset."""

    run: str
    sequence: int
    """Orders the drops of a model by arrival; a later drop never loses to an earlier one."""
    digest: str
    """SHA-256 of the dropped bytes and the effective spec: finds a repeated drop."""
    repeats: str | None = None
    """The earlier run that already took this very content, if any: this one ends as that one."""
    source: dict[str, str]
    """`key` and `version` in the drop bucket."""
    spec: dict[str, Any]
    """The effective sluice.yaml, defaults filled in."""
    spec_version: str | None = None
    """Version id of the sluice.yaml that counted."""
    reason: str
    warnings: tuple[str, ...] = ()
    """What validate warned of, in whole sentences."""
    suspects: tuple[str, ...] = ()
    """Columns that give the target away."""
    target_guessed: bool = False
    """Whether nobody named the target: it was taken for its name, or for being the last column."""
    at: str


class Rejected(_Document):
    """`rejected.json`: the commit marker beside a drop that was kept aside."""

    run: str
    source: dict[str, str]
    reason: str
    at: str
