from production.models.conversation import JobMessage, JobMessageFile
from production.models.design_file import DesignFile, Measurement
from production.models.enquiry import Enquiry, EnquiryLine, Origin
from production.models.job import Job, JobLine, LineMaterial, Priority
from production.models.job_template import JobTemplate, JobTemplateLine
from production.models.labour import LabourTime
from production.models.layer_rule import LayerRole, LayerRule
from production.models.machine_work import LoadedSpool, MachineWork, SpoolTag
from production.models.milestone import Milestone, MilestonePhoto
from production.models.milestone_template import Event, MilestoneTemplate, TemplateMilestone
from production.models.nest import Nest, NestPart, NestSheet
from production.models.nesting_rules import NestingRules
from production.models.operation import Operation, Run, RunPart
from production.models.parameters import CuttingParameter
from production.models.parcel import Parcel
from production.models.product import Component, Product, ProductPicture, ProductRevision, Step
from production.models.proof import Proof
from production.models.quality import Check, CheckResult, LineCheck, NonConformance, ProductCheck
from production.models.slicing import Slicing

__all__ = [
    "Check",
    "CheckResult",
    "Component",
    "CuttingParameter",
    "DesignFile",
    "Enquiry",
    "EnquiryLine",
    "Event",
    "Job",
    "JobLine",
    "JobMessage",
    "JobMessageFile",
    "JobTemplate",
    "JobTemplateLine",
    "LabourTime",
    "LayerRole",
    "LayerRule",
    "LineCheck",
    "LineMaterial",
    "LoadedSpool",
    "MachineWork",
    "Measurement",
    "Milestone",
    "MilestonePhoto",
    "MilestoneTemplate",
    "Nest",
    "NestPart",
    "NestSheet",
    "NestingRules",
    "NonConformance",
    "Operation",
    "Origin",
    "Parcel",
    "Priority",
    "Product",
    "ProductCheck",
    "ProductPicture",
    "ProductRevision",
    "Proof",
    "Run",
    "RunPart",
    "Slicing",
    "SpoolTag",
    "Step",
    "TemplateMilestone",
]
