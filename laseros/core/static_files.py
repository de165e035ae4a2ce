"""Files for the browser under names with their hash, as whitenoise serves them."""

from functools import cached_property

from whitenoise.storage import CompressedManifestStaticFilesStorage


class KnownAddresses(CompressedManifestStaticFilesStorage):
    """Each address is put together once: a page has twenty, and they are settled when the process starts."""

    @cached_property
    def _known(self) -> dict[str, str]:
        return {}

    def url(self, name, force=False):
        if name not in self._known:
            self._known[name] = super().url(name, force)
        return self._known[name]

    def save_manifest(self):
        super().save_manifest()
        self._known.clear()  # they were collected anew
