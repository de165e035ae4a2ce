"""Addresses of files for the browser are kept, and are right after they were collected anew."""

import pytest
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from laseros.core.static_files import KnownAddresses


def test_addresses_are_those_of_whitenoise(tmp_path, settings):
    settings.DEBUG = False
    sources, root = tmp_path / "sources", tmp_path / "root"
    sources.mkdir()
    collected = KnownAddresses(location=root, base_url="/static/")

    def collect(text: str) -> str:
        (sources / "a.css").write_text(text)
        with FileSystemStorage(sources).open("a.css") as file:
            collected.delete("a.css")
            collected.save("a.css", file)
        assert all(name == "a.css" for name, _hashed, _done in collected.post_process({"a.css": (collected, "a.css")}))
        return collected.url("a.css")

    first = collect("b {}")
    assert first == collected.url("a.css")
    assert first == CompressedManifestStaticFilesStorage(location=root, base_url="/static/").url("a.css")
    second = collect("b { top: 0 }")
    assert second != first
    assert second == CompressedManifestStaticFilesStorage(location=root, base_url="/static/").url("a.css")
    with pytest.raises(ValueError, match="nowhere"):
        collected.url("nowhere.css")
