"""How long a machine cuts a drawing with the values of its table: the motion model fed from the records."""

from production import drawings
from production.dxf.cut_time import CutTime, cut_time
from production.models import CuttingParameter, Measurement


def time_of(contours: list[dict], row: CuttingParameter, *, feed_mm_min=None, pierce_s=None) -> CutTime:
    """The time for contours with a row of the cutting table, or with another feed or pierce time tried on it."""
    machine = row.machine
    return cut_time(
        contours,
        float(feed_mm_min or row.feed_mm_min),
        float(row.pierce_s if pierce_s is None else pierce_s),
        acceleration_mm_s2=machine.acceleration_mm_s2,
        corner_mm=float(row.corner_mm or machine.corner_mm),
        rapid_mm_min=machine.rapid_mm_min,
        lead_in_mm=float(row.lead_in_mm),
        lead_out_mm=float(row.lead_out_mm),
        micro_joints=row.micro_joints,
        common_line=float(row.common_line_percent) / 100,
    )


def time_for(measurement: Measurement, row: CuttingParameter) -> CutTime | None:
    """The time for a measured drawing; None where its curves or the machine's motion are not known."""
    contours = drawings.contours_of(measurement)
    if not (contours and row.machine.acceleration_mm_s2 and row.machine.rapid_mm_min):
        return None
    return time_of(contours, row)
