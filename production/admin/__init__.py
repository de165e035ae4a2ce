"""The back office's pages about enquiries, drawings, products, cutting and the work itself."""

from production.admin import (
    cutting,
    drawing,
    enquiry,
    job,
    job_template,
    labour,
    layer_rule,
    milestones,
    nest,
    product,
    proofs,
    quality,
    work,
)

__all__ = [
    "cutting",
    "drawing",
    "enquiry",
    "job",
    "job_template",
    "labour",
    "layer_rule",
    "milestones",
    "nest",
    "product",
    "proofs",
    "quality",
    "work",
]
