"""Getting a key from a machine that gives one out when somebody there allows it: nobody copies a key by hand."""

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from laseros.core.drivers import CredentialsRefused, Driver, Unreachable
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines import drivers, sealing
from machines.drivers.http import Answered
from machines.link import home_of, options_for
from machines.models import Machine

SETTING = "api_key"


def can_pair(machine: Machine) -> bool:
    return machine.archived_at is None and "pair" in drivers.capabilities(machine.driver)


def ask(machine: Machine) -> str:
    """Ask the machine for a key. Answers where to ask again, each second: it forgets after five."""
    return _said(machine, lambda driver: driver.ask_for_key())


def key_for(machine: Machine, token: str) -> str | None:
    """The key, once somebody allowed it; None while nobody decided. Raises `Refused` ("denied") when it was denied."""
    return _said(machine, lambda driver: driver.key_for(token))


def _said(machine: Machine, ask_it):
    driver: Driver = drivers.build(machine.driver, options_for(machine), home_of(machine))

    async def asked():
        return await ask_it(driver)

    try:
        return async_to_sync(asked)()
    except Answered:
        raise Refused(_("It was denied there, or nobody decided in time. Ask anew."), code="denied") from None
    except (Unreachable, CredentialsRefused, OSError) as error:
        raise Refused(_("Cannot be reached: %(why)s") % {"why": error}, code="offline") from None


@retried
@transaction.atomic
def keep(machine: Machine, key: str, by) -> None:
    """The key it gave is the one to be used from now on; the watcher connects anew by itself."""
    fresh = Machine._base_manager.select_for_update(of=("self",)).get(pk=machine.pk)
    secrets = {**sealing.opened(fresh.sealed), SETTING: key}
    options = {name: value for name, value in (fresh.options or {}).items() if name != SETTING}
    Machine._base_manager.filter(pk=fresh.pk).update(sealed=sealing.sealed(secrets), options=options)
    activity.record("changed", fresh, by, details={"what": _("its key, given by the machine")})
