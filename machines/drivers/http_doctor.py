"""The doctor's steps that all machines spoken to over HTTP have in common."""

from collections.abc import Awaitable, Callable

from laseros.core.drivers import CredentialsRefused, Step, Unreachable

from .addresses import Forbidden
from .http import Answered, Api

CLOCK_MAY_DIFFER = 120.0
AT_HOME = "Is it switched on and in this network? Open the address in a browser."


async def examined(api: Api, host: str, key_mend: str, speak: Callable[[], Awaitable[Step]]) -> list[Step]:
    """`speak` asks what only this kind of machine answers; it may raise what `Api` raises."""
    if not host.strip():
        return [Step("settings", False, "the address is missing", "It is what a browser is given to open its page.")]
    steps = [Step("settings", True)]
    try:
        await api.open()
    except Forbidden as error:
        return [*steps, Step("address", False, str(error), "Enter the machine's own address in this network.")]
    except Unreachable as error:
        return [*steps, Step("address", False, str(error), "Compare the name, or enter the number instead.")]
    steps.append(Step("address", True, str(api.base)))
    try:
        said = await speak()
    except CredentialsRefused as error:
        return [*steps, Step("reachable", True), Step("credentials", False, str(error), key_mend)]
    except Unreachable as error:
        return [*steps, Step("reachable", False, str(error), AT_HOME)]
    except Answered as error:
        steps.append(Step("reachable", True))
        return [*steps, Step("speaks", False, f"it answers {error.status}: {error}", "Is it the right address?")]
    finally:
        await api.close()
    steps += [Step("reachable", True), Step("credentials", True)]
    if abs(api.skew) > CLOCK_MAY_DIFFER:
        words = f"its clock is {abs(api.skew) / 60:.0f} min off"
        steps.append(Step("clock", False, words, "Set its clock; until then times from its own list are corrected."))
    else:
        steps.append(Step("clock", True))
    return [*steps, said]
