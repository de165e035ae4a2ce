"""All files of a nest, one by one or together as a ZIP."""

import io
import zipfile

import tablib
from django.utils.text import slugify
from django.utils.translation import gettext as _

from laseros.core.export import cell, csv_text, escape_cell
from production.models import Nest, NestingRules, NestSheet
from production.nests.output import dxf, paper
from production.nests.picture import Legend, whose
from production.nests.problem import Parts

DXF, PDF, ZIP = "image/vnd.dxf", "application/pdf", "application/zip"
CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

File = tuple[str, bytes, str]  # name, content, type


class _Nest:
    """A nest with all that its files are made from, read once."""

    def __init__(self, nest: Nest):
        self.nest, self.rules = nest, NestingRules.of(nest.workspace)
        self.parts, self.legend = Parts(nest), Legend.of(nest)
        self.sheets = list(nest.sheets.select_related("item", "lot", "nest").order_by("position"))

    def sheet(self, sheet: NestSheet) -> File:
        times = f"-x{sheet.repeats}" if sheet.repeats > 1 else ""
        name = f"{self.nest.number}-sheet-{sheet.position}{times}.dxf"
        return name, dxf.of_sheet(sheet, self.parts, self.rules, self.legend), DXF

    def drawings(self) -> File:
        return f"{self.nest.number}-sheets.pdf", paper.sheets(self.nest, self.sheets, self.parts, self.legend), PDF

    def labels(self) -> File:
        return f"{self.nest.number}-labels.pdf", paper.labels(self.nest, self.sheets, self.legend), PDF

    def cut_list(self, kind: str) -> File:
        heads, name = [escape_cell(str(name)) for name in self.columns()], f"{self.nest.number}-cut-list.{kind}"
        if kind == "csv":
            return name, csv_text([heads, *self.lines()], self.nest.workspace.language).encode(), CSV
        return name, tablib.Dataset(*self.lines(), headers=heads).export(kind), XLSX

    def columns(self) -> list[str]:
        return [_("Sheet"), _("Times"), _("From stock"), _("Number"), _("Part"), _("Job"), _("Due"),
                _("On one sheet"), _("On all"), _("Width mm"), _("Height mm"), _("Cut length mm")]  # fmt: skip

    def lines(self) -> list[list]:
        found = []
        for sheet in self.sheets:
            stock = str(sheet.lot or sheet.item)
            counts = sheet.counts()
            for part in self.legend.parts:
                if part.pk not in counts:
                    continue
                shape, pieces = self.parts.shape(part.pk), counts[part.pk]
                line = [
                    sheet.position, sheet.repeats, stock, self.legend.numbers[part.pk], part.description, whose(part),
                    part.due_on, pieces, pieces * sheet.repeats, round(shape.width_mm, 2), round(shape.height_mm, 2),
                    round(shape.cut_length_mm, 1),
                ]  # fmt: skip
                found.append([cell(value) for value in line])
        return found

    def single_parts(self) -> list[File]:
        placed = {pk for sheet in self.sheets for pk in sheet.counts()}
        files = []
        for part in self.legend.parts:
            if part.pk in placed:
                name = f"{self.legend.numbers[part.pk]:02d}-{slugify(part.description)[:60] or 'part'}.dxf"
                files.append((f"parts/{name}", dxf.of_part(self.parts.shape(part.pk), self.rules), DXF))
        return files

    def archive(self) -> File:
        out = io.BytesIO()
        files = [self.sheet(sheet) for sheet in self.sheets]
        files += [*self.single_parts(), self.drawings(), self.labels(), self.cut_list("csv"), self.cut_list("xlsx")]
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content, _kind in files:
                archive.writestr(zipfile.ZipInfo(f"{self.nest.number}/{name}", (1980, 1, 1, 0, 0, 0)), content)
        return f"{self.nest.number}.zip", out.getvalue(), ZIP


def make(nest: Nest, kind: str) -> File:
    """One of the kinds: "all", "sheets", "labels", "list-csv", "list-xlsx"."""
    files = _Nest(nest)
    makers = {
        "all": files.archive,
        "sheets": files.drawings,
        "labels": files.labels,
        "list-csv": lambda: files.cut_list("csv"),
        "list-xlsx": lambda: files.cut_list("xlsx"),
    }
    return makers[kind]()


def sheet_dxf(nest: Nest, sheet: NestSheet) -> File:
    return _Nest(nest).sheet(sheet)


def sheet_drawing(nest: Nest, sheet: NestSheet) -> bytes:
    """The paper of one sheet alone."""
    files = _Nest(nest)
    mine = [row for row in files.sheets if row.pk == sheet.pk]
    return paper.sheets(nest, mine, files.parts, files.legend, of=len(files.sheets))
