"""The doctor: looks at a machine's connection from its address to what it says, and names the mend of what is wrong."""

import asyncio
import logging
from collections.abc import Callable

from laseros.core.drivers import STEPS, CredentialsRefused, Driver, Step, Unreachable
from machines import drivers
from machines.link import home_of, options_for
from machines.models import Machine

log = logging.getLogger(__name__)

WITHIN = 40.0
# A machine with these is watched all the same.
HARMLESS = ("mode", "rights", "clock")


async def examine(machine: Machine) -> list[Step]:
    """The steps in the order a doctor takes them. Nothing of the machine's is changed, and nothing is stored."""
    return await look(lambda: drivers.build(machine.driver, options_for(machine), home_of(machine)), machine)


async def look(build: Callable[[], Driver], name) -> list[Step]:
    try:
        driver = build()
    except drivers.UnknownDriver:
        return [Step("settings", False, "this installation has no such connection", "Choose another connection.")]
    try:
        async with asyncio.timeout(WITHIN):
            steps = await driver.examine()
    except TimeoutError:
        return [Step("reachable", False, "no answer", "Switch the machine off and on again.")]
    except (Unreachable, CredentialsRefused, OSError) as error:
        return [Step("reachable", False, str(error))]
    except Exception:
        log.exception("%s: the doctor stumbled", name)
        return [Step("speaks", False, "it answers in a way nobody expected", "Its log has the details.")]
    finally:
        await _closed(driver)
    return sorted(steps, key=lambda step: STEPS.index(step.name))


def trust_anew(machine: Machine) -> None:
    """The certificate kept from the first time is forgotten: the next one counts."""
    (home_of(machine) / "certificate").unlink(missing_ok=True)


async def _closed(driver: Driver) -> None:
    try:
        async with asyncio.timeout(2):
            await driver.close()
    except Exception as error:
        log.info("a connection did not close well: %s", error)
