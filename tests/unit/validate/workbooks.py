"""Excel workbooks made by XlsxWriter, or by hand where no program writes such a thing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable

import xlsxwriter

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

Rows = Iterable[Iterable[object]]


def book(fill: Callable[[xlsxwriter.Workbook], None], **options: object) -> bytes:
    """What XlsxWriter makes when `fill` has done its work."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **options}) as workbook:
        fill(workbook)
    return buffer.getvalue()


def sheets(**rows: Rows) -> bytes:
    """A workbook with these sheets, the rows from A1 on."""

    def fill(workbook: xlsxwriter.Workbook) -> None:
        for name, table in rows.items():
            sheet = workbook.add_worksheet(name)
            for i, row in enumerate(table):
                sheet.write_row(i, 0, row)

    return book(fill)


def cell(value: object) -> str:
    """`<c>` for a number, and for a text that stands in the cell itself."""
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def row(*cells: str) -> str:
    """Cells, and places that Excel would know by their order."""
    return f"<row>{''.join(cells)}</row>"


def by_hand(
    data: str,
    *,
    before: str = "",
    after: str = "",
    book: str = "",
    styles: str = "",
    extra: dict[str, bytes] | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
    prefix: str = "",
) -> bytes:
    """A workbook around the rows `data` of its one sheet."""
    space = f'xmlns{":" + prefix.rstrip(":") if prefix else ""}="{_MAIN}"'
    sheet = f"<{prefix}worksheet {space}>{before}<{prefix}sheetData>{data}</{prefix}sheetData>"
    members = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r" '
        f'Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="s" '
        f'Type="{_DOCUMENT}/worksheet" Target="/xl/odd%20place.xml"/><Relationship Id="f" '
        f'Type="{_DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}">{book}<sheets>'
        '<sheet name="Data" sheetId="1" r:id="s"/></sheets></workbook>',
        "xl/odd%20place.xml": f"{sheet}{after}</{prefix}worksheet>",
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>',
        **(extra or {}),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()
