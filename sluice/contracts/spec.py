"""`sluice.yaml`: what the user wishes, and the stack's policy, which bounds it.

The policy stands above the wishes: a value beyond its bound is refused with the field, the value
and the bound. Nothing in sluice.yaml is ever corrected in silence. `spec_file.py` reads the file.
"""

from __future__ import annotations

import codecs
import datetime as dt
import string
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
    field_validator,
    model_validator,
)

from sluice.contracts import tasks
from sluice.contracts.dataset import ColumnType
from sluice.moments import DURATION, check_format, has_time

Approval = Literal["auto", "manual"]

Undecided = Literal["auto", "wait", "release", "reject"]
"""What becomes of a candidate that is shown to be neither as good as the champion nor worse."""


class Policy(BaseModel):
    """The bounds of one stack; set in infra/config.py, read by the handlers from SLUICE_POLICY."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    hardware: tuple[Literal["cpu", "gpu"], ...] = ("cpu",)
    """Kinds of training hardware a drop may ask for; the first is what `auto` takes."""
    training_instance: dict[str, str] = {"cpu": "ml.m5.large", "gpu": "ml.g5.xlarge"}
    training_usd_per_hour: dict[str, float] = {"cpu": 0.115, "gpu": 1.408}
    """On-demand list prices in us-east-1, 2026-11; they turn `train.usd` into a run time."""
    endpoint_instance: str = "ml.m5.large"
    evaluation_instance: str = "ml.m5.large"
    minutes: int = 60
    usd: float = 10.0
    spot: bool = True
    """Whether training may run on spare capacity."""
    approval: Approval = "auto"
    """`manual`: every release waits for a person, whatever sluice.yaml says."""
    undecided: Undecided | None = None
    """Where set, this is `gate.undecided` of every drop; sluice.yaml may state no other."""
    endpoint_instances: int = 4
    """Most instances of one endpoint."""
    max_endpoints: int = 20
    """Most endpoints of this stack: it bounds the idle bill. Beyond it a release waits."""
    quarantine_up_to: float = Field(default=0.05, ge=0, le=1)
    """Largest share of a drop's rows that may be put aside because they do not parse."""
    drop_megabytes: int = 512
    """Largest drop that the validate function takes in; a job takes what is larger."""
    processing_megabytes: int = 20_000
    """Largest drop at all."""
    validation_instance: str = "ml.m5.xlarge"
    """Of that job; its memory is what the engine may use."""
    validation_minutes: int = Field(default=60, ge=1)
    capture_percent: int = Field(default=100, ge=0, le=100)
    """Share of requests kept for watch."""
    target_invocations_per_instance: float = 600.0
    """Target tracking: SageMakerVariantInvocationsPerInstance, calls a minute."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


Bound = StrictInt | StrictFloat | StrictStr | None
Character = Annotated[str, Field(min_length=1, max_length=1)]


class Read(_Section):
    """`read:` how files are written; what is not stated is found in the file itself.

    CSV files have all but `sheet`; Excel workbooks have `sheet`, `header`, `missing`, `decimal` and
    `thousands`, of numbers that stand there as text; JSON has the last three.
    """

    encoding: str | None = None
    """A name that Python knows, such as latin-1; None: UTF-8, or UTF-16 by its byte order mark."""
    delimiter: Character | None = None
    decimal: Literal[".", ","] | None = None
    thousands: Literal[",", ".", " ", "'"] | None = None
    """What stands between groups of three digits; the decimal mark is then the other one."""
    quote: Character = '"'
    escape: Character | None = None
    """What stands before a quote inside of quotes, such as a backslash; None: found, else a quote
    is doubled."""
    header: bool | None = None
    missing: tuple[str, ...] | None = None
    """Spellings of a missing value, instead of the usual ones; an empty field always is one."""
    sheet: Annotated[str, Field(min_length=1)] | None = None
    """The sheet that is the table, where several of an Excel workbook hold values."""

    @field_validator("encoding")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        if name is not None and not _is_encoding(name):
            raise ValueError("it should be an encoding of text that Python knows, such as latin-1")
        return name

    @field_validator("delimiter", "quote", "escape")
    @classmethod
    def _punctuation(cls, mark: str | None) -> str | None:
        if mark is not None and mark != "\t" and mark not in string.punctuation:
            raise ValueError("it should be a tab or an ASCII punctuation character")
        return mark

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.quote == self.delimiter:
            raise ValueError("delimiter and quote should differ")
        if self.thousands and self.thousands == self.decimal:
            raise ValueError("decimal and thousands should differ")
        return self

    @property
    def point(self) -> Literal[".", ","] | None:
        """The decimal mark, as far as it is stated."""
        return _point(self.decimal, self.thousands)


def _point(decimal: Literal[".", ","] | None, thousands: str | None) -> Literal[".", ","] | None:
    """The decimal mark: where only that of thousands is stated, it is the other one."""
    if decimal or not thousands:
        return decimal
    return "," if thousands == "." else "."


def _is_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except (LookupError, UnicodeError, ValueError):
        return False
    return codecs.lookup(name).name not in _NO_ENCODINGS


_NO_ENCODINGS = ("idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7")
"""Codecs for other things than files."""


class StatedColumn(_Section):
    """`schema.columns.NAME:` what every row must hold to."""

    type: ColumnType | None = None
    format: str | None = None
    """How dates, timestamps or durations are written, in strptime's directives: %d/%m/%Y."""
    decimal: Literal[".", ","] | None = None
    thousands: Literal[",", ".", " ", "'"] | None = None
    """As in `read:`, of this column alone; with `type: number`."""
    range: tuple[Bound, Bound] | None = None
    """Lowest and highest value, both allowed; null: no bound. Dates in ISO 8601."""
    allowed: (
        Annotated[tuple[StrictStr | StrictInt | StrictFloat, ...], Field(min_length=1)] | None
    ) = None
    """Missing values are `nullable`'s matter."""
    nullable: bool | None = None
    """False: no value may be missing."""
    unique: bool = False

    @field_validator("format")
    @classmethod
    def _readable(cls, form: str | None) -> str | None:
        if form is not None and (fault := check_format(form)):
            raise ValueError(f"{fault}")
        return form

    @property
    def point(self) -> Literal[".", ","] | None:
        """The decimal mark, as far as it is stated."""
        return _point(self.decimal, self.thousands)

    @model_validator(mode="after")
    def _of_numbers(self) -> Self:
        if (self.decimal or self.thousands) and self.type != "number":
            raise ValueError("decimal and thousands go with `type: number`")
        if self.thousands and self.thousands == self.decimal:
            raise ValueError("decimal and thousands should differ")
        return self

    @model_validator(mode="after")
    def _of_times(self) -> Self:
        if self.format is not None:
            is_duration = self.format == DURATION
            wanted = "number" if is_duration else "timestamp" if has_time(self.format) else "date"
            if self.type != wanted:
                raise ValueError(f"the format {self.format} goes with `type: {wanted}`")
        return self

    @field_validator("range", "allowed", mode="before")
    @classmethod
    def _as_text(cls, values: object) -> object:
        """YAML turns 2024-01-31 into a date."""
        if not isinstance(values, list | tuple):
            return values
        return [v.isoformat() if isinstance(v, dt.date) else v for v in values]

    @field_validator("range")
    @classmethod
    def _ordered(cls, bounds: tuple[Bound, Bound] | None) -> tuple[Bound, Bound] | None:
        found = [bound for bound in bounds or () if bound is not None]
        for bound in found:
            if isinstance(bound, str):
                dt.datetime.fromisoformat(bound)
        if len({isinstance(bound, str) for bound in found}) > 1:
            raise ValueError("both bounds should be numbers, or both dates")
        if len(found) == 2 and found[0] > found[1]:  # type: ignore[operator]
            raise ValueError("the lower bound should come first")
        return bounds


class StatedSchema(_Section):
    """`schema:`."""

    columns: dict[str, StatedColumn] = {}
    evolve: bool = False
    """Whether columns may go or change their type from one drop to the next."""


class BadRows(_Section):
    """`bad_rows:` what becomes of rows that do not parse."""

    quarantine_up_to: float = 0.0
    """Share of the rows, `0.1%` or 0.001, that may be put aside; more, and the drop is refused."""

    @field_validator("quarantine_up_to", mode="before")
    @classmethod
    def _share(cls, value: object) -> object:
        if isinstance(value, str) and value.strip().endswith("%"):
            try:
                value = float(value.strip()[:-1]) / 100
            except ValueError:
                value = None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise ValueError("it should be a share of the rows, such as 0.1%")
        return value


class Train(_Section):
    """`train:`."""

    hardware: Literal["auto", "cpu", "gpu"] = "auto"
    precision: Literal["auto", "fp32"] = "auto"
    spot: bool = True
    minutes: int = Field(default=60, ge=1)
    usd: float = Field(default=10.0, gt=0)
    instances: int = Field(default=1, ge=1)
    tune: int = Field(default=0, ge=0)
    entry: str | None = None


class Gate(_Section):
    """`gate:`."""

    metric: Annotated[str, AfterValidator(tasks.metric_wish)] = tasks.AUTO
    at_least: float | None = None
    against_champion: Literal["not_worse", "better", "ignore"] = "not_worse"
    undecided: Undecided = "auto"
    """`auto`: a candidate whose estimate is not below the champion's is released, another waits for
    a person; where it has to be better, it waits."""
    approval: Approval = "auto"


class Canary(_Section):
    """`deploy.canary:`."""

    percent: int = Field(default=10, ge=1, le=50)
    minutes: int = Field(default=10, ge=1)


class Deploy(_Section):
    """`deploy:`."""

    min: int = Field(default=1, ge=1)
    max: int = Field(default=4, ge=1)
    canary: Canary = Field(default_factory=Canary)


class Watch(_Section):
    """`watch:`."""

    drift: bool = False
    retrain: bool = False


class Spec(_Section):
    """The whole of sluice.yaml; every field has a default."""

    model_config = ConfigDict(serialize_by_alias=True)

    task: Annotated[str, AfterValidator(tasks.task_wish)] = tasks.AUTO
    """A row of `tasks.TASKS`; `auto`: by the data."""
    target: Annotated[str | None, Field()] = "auto"
    """A column name; null: there is none; `auto`: a column called target, label, class or y, else
    the last one."""
    exclude: tuple[str, ...] = ()
    """Columns that no model is to look at; a request may hold them all the same."""
    contract: StatedSchema = Field(default_factory=StatedSchema, alias="schema")
    read: Read = Field(default_factory=Read)
    bad_rows: BadRows = Field(default_factory=BadRows)
    train: Train = Field(default_factory=Train)
    gate: Gate = Field(default_factory=Gate)
    deploy: Deploy = Field(default_factory=Deploy)
    watch: Watch = Field(default_factory=Watch)
