"""Runs by the names machines were given for them."""


def run_of(job_key: str) -> int | None:
    """The run that a machine's name for its work stands for (`Run.job_key`)."""
    prefix, _, number = job_key.partition("-")
    return int(number) if prefix == "run" and number.isdecimal() and len(number) < 19 else None
