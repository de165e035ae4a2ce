"""The doctor of a laser in the maker's cloud: switch, address, certificate, clock, account, card and rights."""

from laseros.core.drivers import CredentialsRefused, Step, Unreachable
from machines.drivers import unproven
from machines.drivers.addresses import Forbidden
from machines.drivers.fscut.cloud import NOT_ALLOWED, NOT_OURS, USED_UP, WRONG_TIME, Cloud, Refused
from machines.drivers.fscut.reading import STATES, state_of
from machines.drivers.said import rows, text

CLOCK_MAY_DIFFER = 300.0  # the cloud takes ten minutes
MOST_NAMED = 8
ACCOUNT = "Compare app id and app secret with your account at open.fscut.com."
ONLINE = "Is this computer connected to the internet? The maker's cloud is outside."
CLOCK = "Set the clock of the computer Laser OS runs on."
ASK_MAKER = "Ask the maker to allow it for your account."
FEWER = "It goes on by itself when the maker counts anew. Look less often, or buy more."
UNPROVEN = Step(
    "mode", None, "known from the maker's public descriptions only: compare its states and records with the machine",
    unproven.BY_HAND,
)  # fmt: skip


async def examined(driver) -> list[Step]:
    if not driver.is_on:
        return [Step("settings", False, "the cloud is switched off in its settings", unproven.SWITCH_ON)]
    if not (driver.app_id and driver.secret and driver.card):
        return [Step("settings", False, "app id, app secret and the number of the control card are needed",
                     "All stand in your account at open.fscut.com.")]  # fmt: skip
    try:
        cloud = Cloud(driver.host, driver.app_id, driver.secret)
    except Unreachable as error:
        return [Step("settings", False, str(error), "Leave the address as it was.")]
    try:
        await cloud.open()
    except Unreachable as error:
        mend = "Leave the address as it was." if isinstance(error, Forbidden) else ONLINE
        return [Step("settings", True), Step("address", False, str(error), mend)]
    try:
        steps = await _spoken(cloud, driver)
    finally:
        await cloud.close()
    return [Step("settings", True), Step("address", True, str(cloud.api.base)), *steps]


async def _spoken(cloud: Cloud, driver) -> list[Step]:
    try:
        data = await cloud.ask(driver.STATE, {"cardIds": [driver.card]}, anew=True)
    except CredentialsRefused as error:
        return [*_reached(cloud), Step("credentials", False, str(error), ACCOUNT)]
    except Unreachable as error:
        if "certificate" in str(error):
            mend = "Somebody on the way reads along, or it is another address. Nothing was told to it."
            return [Step("reachable", True), Step("certificate", False, str(error), mend)]
        return [Step("reachable", False, str(error), ONLINE)]
    except Refused as error:
        return [*_reached(cloud), *await _refused(cloud, driver, error)]
    said = state_of(data, driver.card)
    if not said:
        spoken = Step("speaks", False, "the cloud's answer says nothing of the machine", "Compare the card's number.")
        return [*_reached(cloud), Step("credentials", True), spoken]
    state = Step("speaks", True if said in STATES else None, said)
    rights = await _rights(cloud, driver)
    return [*_reached(cloud), Step("credentials", True), _clock(cloud), state, *rights, UNPROVEN]


def _reached(cloud: Cloud) -> list[Step]:
    is_sealed = cloud.api.base.scheme == "https"
    return [Step("reachable", True), Step("certificate", True)] if is_sealed else [Step("reachable", True)]


async def _refused(cloud: Cloud, driver, error: Refused) -> list[Step]:
    if error.code == WRONG_TIME:
        return [Step("clock", False, str(error), CLOCK), Step("speaks", False, str(error), CLOCK)]
    steps = [Step("credentials", True), _clock(cloud)]
    if error.code == NOT_OURS:
        return [*steps, Step("speaks", False, str(error), await _cards(cloud, driver))]
    if error.code == USED_UP:
        return [*steps, Step("speaks", None, str(error), FEWER), UNPROVEN]
    if error.code == NOT_ALLOWED:
        return [*steps, Step("speaks", False, str(error), ASK_MAKER)]
    return [*steps, Step("speaks", False, str(error), "Ask again later, or ask the maker.")]


def _clock(cloud: Cloud) -> Step:
    if abs(cloud.api.skew) <= CLOCK_MAY_DIFFER:
        return Step("clock", True)
    return Step("clock", False, f"its clock is {abs(cloud.api.skew) / 60:.0f} min off", CLOCK)


async def _cards(cloud: Cloud, driver) -> str:
    """Which machines the account has, by the numbers of their cards."""
    try:
        found = rows(await cloud.ask(driver.MACHINES, {}, anew=True))
    except (Refused, Unreachable, CredentialsRefused):
        found = []
    named = [f"{text(str(each.get('cardId', '')), 40)} {text(each.get('nickname'), 40)}".strip() for each in found]
    if not named:
        return "Add the machine to your account at open.fscut.com."
    return f"Compare the number. The account has: {', '.join(named[:MOST_NAMED])}"


async def _rights(cloud: Cloud, driver) -> list[Step]:
    refused = []
    for what, path, body in driver.questions():
        try:
            await cloud.ask(path, body, anew=True)
        except Refused as error:
            if error.code == NOT_ALLOWED:
                refused.append(what)
        except (Unreachable, CredentialsRefused):
            pass  # another time
    found = [Step("rights", False, f"this account may not ask for {what}", ASK_MAKER) for what in refused]
    return found or [Step("rights", True)]
