"""A short connection to a machine for its files, beside the watcher's own."""

import logging
from collections.abc import Awaitable, Callable

from django.utils.translation import gettext as _

from laseros.core.drivers import CredentialsRefused, FileTrouble, Unreachable
from laseros.core.errors import Refused
from machines import drivers
from machines.link import home_of, options_for
from machines.models import Machine
from machines.words import said

log = logging.getLogger(__name__)


async def on_machine(machine: Machine, do: Callable[..., Awaitable]):
    """What `do(driver)` answers. Raises `Refused` in words where the machine cannot be reached or has it not."""
    driver = drivers.build(machine.driver, options_for(machine), home_of(machine))
    try:
        return await do(driver)
    except CredentialsRefused as error:
        raise Refused(
            _("It does not accept our access code: %(why)s") % {"why": said(str(error))}, code="credentials"
        ) from None
    except (Unreachable, OSError) as error:
        raise Refused(_("Cannot be reached: %(why)s") % {"why": said(str(error))}, code="offline") from None
    except FileTrouble as error:
        raise Refused(str(error), code="file") from None
    finally:
        try:
            await driver.close()
        except Exception as error:
            log.info("a connection did not close well: %s", error)
