"""What callers depend on, and what they do not."""

from __future__ import annotations

from sluice.contracts.dataset import Reading
from sluice.contracts.prediction import Signature, SignatureColumn

COLUMNS = (
    SignatureColumn(name="a", type="number", nullable=False, min=0, max=1),
    SignatureColumn(name="b", type="date", nullable=True, reading=Reading(format="%d/%m/%Y")),
)
SIGNATURE = Signature(
    model="m",
    version="1",
    task="regression",
    target="y",
    classes=None,
    columns=COLUMNS,
    read_past=("id", "note"),
)


def changed(**more: object) -> bool:
    return SIGNATURE.model_copy(update=more).interface() != SIGNATURE.interface()


def test_another_version_order_or_range_is_no_other_interface() -> None:
    wider = COLUMNS[0].model_copy(update={"max": 9})
    assert not changed(version="2")
    assert not changed(columns=COLUMNS[::-1])
    assert not changed(columns=(wider, COLUMNS[1]))
    assert not changed(read_past=("note", "id"))


def test_another_target_column_or_reading_is_another_interface() -> None:
    other = COLUMNS[1].model_copy(update={"reading": Reading(format="%m/%d/%Y")})
    assert changed(target="z")
    assert changed(columns=COLUMNS[:1])
    assert changed(columns=(COLUMNS[0], other))
    assert changed(missing=("NA",))
