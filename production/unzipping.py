"""What is in a ZIP somebody sent. Runs in the child process of `laseros.core.sandbox`: no Django, nothing on disk.

`look` names the files worth having and says of every other one why it is left out; `read` answers their contents.
Sizes are never believed: reading stops one byte after what the directory of the ZIP promised.
"""

import base64
import zipfile
from pathlib import PurePosixPath

MOST_ENTRIES = 5_000  # in the directory, junk included
MOST_FILES = 500
MOST_TOTAL = 600 * 1024 * 1024
MOST_RATIO = 200  # of a file larger than a megabyte; drawings reach 20
MEGABYTE = 1024 * 1024
DEEPEST = 12  # folders in folders

JUNK_FOLDERS = {"__macosx", ".git", ".svn", "@eadir"}
JUNK_FILES = {"thumbs.db", "desktop.ini", ".ds_store", "ehthumbs.db"}
JUNK_ENDS = (".bak", ".tmp", ".lnk", ".dwl", ".dwl2", "~")
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")


class NoZip(Exception):
    """Says by its code why nothing was taken from it; whoever asked has the words."""

    def __init__(self, code: str):
        super().__init__(code)
        self.reason, self.code = code, code


def look(path: str, most_bytes: int) -> dict:
    """`{"files": [{"index", "name", "size"}], "left_out": [{"name", "code"}]}`; raises `NoZip`."""
    with _open(path) as archive:
        entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise NoZip("too-many")
    files, left_out = [], []
    for index, entry in enumerate(entries):
        if entry.is_dir():
            continue
        code = _why_not(entry, most_bytes)
        if code:
            left_out.append({"name": entry.filename[-200:], "code": code})
        else:
            files.append({"index": index, "name": entry.filename[-400:], "size": entry.file_size})
    if len(files) > MOST_FILES:
        raise NoZip("too-many")
    if sum(row["size"] for row in files) > MOST_TOTAL:
        raise NoZip("too-large")
    return {"files": _named_apart(files), "left_out": left_out}


def read(path: str, indexes: list[int], most_bytes: int) -> list[dict]:
    """For each index `{"content": base64}` or `{"code": why not}`."""
    with _open(path) as archive:
        entries = archive.infolist()
        return [_content(archive, entries[index], most_bytes) for index in indexes]


def _open(path: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, NotImplementedError, UnicodeError):
        raise NoZip("damaged") from None


def _why_not(entry: zipfile.ZipInfo, most_bytes: int) -> str:
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    name = parts[-1].lower() if parts else ""
    if not name or name.startswith("._") or name in JUNK_FILES or name.endswith(JUNK_ENDS):
        return "junk"
    if JUNK_FOLDERS & {part.lower() for part in parts[:-1]}:
        return "junk"
    if len(parts) > DEEPEST:
        return "deep"
    if name.endswith(ARCHIVES):
        return "nested"
    if entry.flag_bits & 0x1:
        return "encrypted"
    if not entry.file_size:
        return "empty"
    if entry.file_size > most_bytes:
        return "too-large"
    if entry.file_size > MEGABYTE and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        return "bomb"
    return ""


def _named_apart(files: list[dict]) -> list[dict]:
    """By their own names; two of one name in two folders are told apart by the folder's."""
    paths = [PurePosixPath(row["name"].replace("\\", "/")) for row in files]
    names = [path.name.lower() for path in paths]
    for row, path in zip(files, paths, strict=True):
        twin = names.count(path.name.lower()) > 1 and path.parent.name
        row["name"] = f"{path.parent.name} {path.name}" if twin else path.name
    return files


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most_bytes: int) -> dict:
    most = min(entry.file_size, most_bytes)
    try:
        with archive.open(entry) as stream:
            content = stream.read(most + 1)
    except RuntimeError:  # it wants a password
        return {"code": "encrypted"}
    except NotImplementedError:
        return {"code": "method"}
    except (zipfile.BadZipFile, OSError, ValueError, EOFError):
        return {"code": "damaged"}
    except Exception as error:  # zlib.error, lzma.LZMAError: the streams of strangers
        if isinstance(error, MemoryError):
            raise
        return {"code": "damaged"}
    if len(content) > most or len(content) != entry.file_size:
        return {"code": "damaged"}
    return {"content": base64.b64encode(content).decode()}
