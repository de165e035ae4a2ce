"""What prices are made from, read once for all lines of one act, however many there are: rules, the cutting table,
measurements, recipes, nests and what runs say. Nothing of it outlives the act.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cached_property

from billing.models import ExtraOperation, PriceRules
from billing.nested import Nested
from machines.models import Machine
from production import cutting, drawings, experience, parameters, recipes
from production.dxf import holes
from production.dxf.cut_time import CutTime
from production.models import CuttingParameter, DesignFile, EnquiryLine, Measurement, Product, ProductRevision, Step
from production.recipes import Node

# What the lines that are priced have to be read with.
WITH = (
    "design_file", "item__material", "product__item__material", "product__design_file", "product__material",
    "enquiry__client", "workspace",
)  # fmt: skip


class PriceBook:
    """The tables as they stand now. Everything is read when it is first asked for, for all lines together."""

    def __init__(self, lines: Iterable[EnquiryLine] = ()):
        self.lines = list(lines)
        self._contours: dict[int, list[dict]] = {}
        self._times: dict[tuple, CutTime | None] = {}
        self._holes: dict[int, dict] = {}

    # --- the tables of the shop ---------------------------------------------------------------------------------------

    @cached_property
    def rules(self) -> PriceRules | None:
        return PriceRules.objects.prefetch_related("breaks", "gases").first()

    @cached_property
    def breaks(self) -> list[tuple[int, Decimal]]:
        return [(row.pieces, row.percent) for row in self.rules.breaks.all()]

    def gas_price(self, gas: str) -> Decimal:
        own = (row.price_m3 for row in self.rules.gases.all() if gas and row.gas.lower() == gas.lower())
        return next(own, self.rules.gas_m3)

    @cached_property
    def operations(self) -> list[ExtraOperation]:
        return list(ExtraOperation.objects.filter(archived_at=None))

    @cached_property
    def _machines(self) -> list[Machine]:
        return list(Machine.objects.order_by("-position", "-id"))

    @cached_property
    def machines(self) -> dict[str, Machine]:
        """The first machine of each kind."""
        return {machine.kind: machine for machine in self._machines if machine.archived_at is None}

    @cached_property
    def _rows(self) -> list[CuttingParameter]:
        items = [item for line in self.lines for item in (line.item, line.product and line.product.item) if item]
        items += [part.item for part in self.recipes.parts() if part.item is not None]
        return parameters.of(item.material_id for item in items if item.material_id is not None)

    def row(self, material, thickness_mm, *, machine: int | None = None, gas: str = "") -> CuttingParameter:
        """As `production.parameters.find`; a machine by its key, one that is not there is as if nobody had asked."""
        known = any(row.material_id == material.pk for row in self._rows)
        rows = self._rows if known else parameters.of([material.pk])
        wanted = next((row for row in self._machines if row.pk == machine), None) if machine else None
        return parameters.best_of(rows, material, thickness_mm, machine=wanted, gas=gas)

    @cached_property
    def _drifts(self) -> dict[int, experience.Drift | None]:
        rows = [row for row in self._rows if row.confirmed_at is not None]
        return {row.pk: drift for row, drift in experience.all_of(rows)} if rows else {}

    def drift(self, row: CuttingParameter) -> experience.Drift | None:
        """What runs say about estimates made with a row."""
        return self._drifts[row.pk] if row.pk in self._drifts else experience.of(row)

    # --- drawings -----------------------------------------------------------------------------------------------------

    @cached_property
    def _measurements(self) -> dict[int, Measurement | None]:
        files = [(line.design_file_id, line.product and line.product.design_file_id) for line in self.lines]
        wanted = {pk for pair in files for pk in pair if pk is not None}
        rows = Measurement.objects.filter(design_file__in=wanted).select_related("design_file").defer("preview")
        found = {row.design_file_id: row for row in rows} if wanted else {}
        return {pk: found.get(pk) for pk in wanted}

    def measurement(self, file: DesignFile) -> Measurement | None:
        if file.pk in self._measurements:
            return self._measurements[file.pk]
        return getattr(file, "measurement", None)  # of a part of a recipe, which was read with it

    def any_drawing(self, test: Callable[[Measurement], bool]) -> bool:
        return any(test(found) for found in self._measurements.values() if found is not None)

    def contours(self, measurement: Measurement) -> list[dict]:
        if measurement.pk not in self._contours:
            self._contours[measurement.pk] = drawings.contours_of(measurement)
        return self._contours[measurement.pk]

    def holes(self, measurement: Measurement) -> dict:
        """Round holes by diameter."""
        if measurement.pk not in self._holes:
            self._holes[measurement.pk] = holes.diameters(self.contours(measurement))
        return self._holes[measurement.pk]

    def time(self, measurement: Measurement, row: CuttingParameter) -> CutTime | None:
        """The time the motion model finds; None where its curves or the machine's motion are not known."""
        key = (measurement.pk, row.pk)
        if key not in self._times:
            contours, moves = self.contours(measurement), row.machine.acceleration_mm_s2 and row.machine.rapid_mm_min
            self._times[key] = cutting.time_of(contours, row) if contours and moves else None
        return self._times[key]

    @cached_property
    def nested(self) -> Nested:
        return Nested(line.pk for line in self.lines if line.pk is not None)

    # --- products -----------------------------------------------------------------------------------------------------

    @cached_property
    def recipes(self) -> recipes.Recipes:
        return recipes.Recipes(line.product for line in self.lines if line.product is not None)

    def tree(self, product: Product) -> Node:
        return self.recipes.tree(product)

    def seconds(self, step: Step, product: Product) -> float:
        """How long a step of a recipe takes for one piece. Raises `Refused`."""
        return recipes.seconds_of(step, product, find=self.row, time_for=self.time, measured=self.measurement)

    @cached_property
    def _revisions(self) -> dict[tuple[int, int], int]:
        """{(product, drawing): revision} for lines with a drawing that is not their product's own."""
        wanted = [line for line in self.lines if line.product is not None and line.design_file_id is not None
                  and line.design_file_id != line.product.design_file_id]  # fmt: skip
        rows = ProductRevision.objects.filter(product__in={line.product_id for line in wanted}) if wanted else ()
        return {(row.product_id, row.design_file_id): row.number for row in rows}

    def revision(self, line: EnquiryLine) -> int | None:
        """Which revision of its product a line asks for; None for a drawing that is none of them."""
        if line.product is None or line.design_file_id in (None, line.product.design_file_id):
            return line.product.revision if line.product else None
        return self._revisions.get((line.product_id, line.design_file_id))
