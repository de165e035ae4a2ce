"""One picture of a machine's camera: fetched from the machine's own address, as large as allowed, and a picture."""

from yarl import URL

from laseros.core.drivers import Unreachable

from .http import Answered, Api

HERE = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 (as the machine calls itself)
KINDS = ("image/jpeg", "image/jpg", "image/png")


def is_picture(data: bytes) -> bool:
    """JPEG or PNG by its first bytes."""
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


async def fetched(api: Api, path: str) -> bytes | None:
    """The picture at `path` below an opened interface; None where it says that there is none."""
    try:
        async with api.opened("GET", path, headers={"Accept": "image/jpeg, image/png"}) as response:
            if response.status == 204:
                return None
            if response.content_type not in KINDS:
                raise Unreachable("what its camera sends is no picture")
            data = await api.body(response)
    except Answered as error:
        if error.status in (404, 405, 501):
            return None
        raise Unreachable(f"it answers {error.status}: {error}") from None
    if not is_picture(data):
        raise Unreachable("what its camera sends is no picture")
    return data


async def elsewhere(said: str, machine: URL, page: URL) -> bytes | None:
    """The picture at an address the machine's program was given: of the machine itself, at whichever port.

    `page` is where a bare path is meant. No key goes along. Another computer is not asked, whoever names it.
    """
    try:
        url = URL(said.strip())
        url = url if url.is_absolute() else page.origin().join(url)
        own = url.host in HERE or url.host == machine.host
        if url.scheme not in ("http", "https") or url.user or url.password or not own:
            raise Unreachable("its camera is at another address, which is not followed")
        url = url.with_host(machine.host).with_fragment(None)
    except (ValueError, TypeError):
        raise Unreachable("its camera is at another address, which is not followed") from None
    api = Api(url.origin())
    await api.open()
    try:
        return await fetched(api, url.raw_path_qs)
    finally:
        await api.close()
