"""The one archive file of a bundle: a ZIP whose entries are stored as they are, so that it cannot expand when read."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from kingmaker.domain.errors import BundleRefused, NotFound

MAX_ARCHIVE_BYTES = 512 * 1024 * 1024
MAX_FILES = 16
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_ENCRYPTED = 0x1
_REGULAR_FILE = 0o100644 << 16


def pack(files: Mapping[str, bytes]) -> bytes:
    """One archive of the files, in order of name and without dates: the same files give the same bytes."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as archive:
        for name in sorted(files):
            entry = ZipInfo(name, _EARLIEST)
            entry.create_system = 3
            entry.external_attr = _REGULAR_FILE
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def unpack(path: Path) -> dict[str, bytes]:
    """The files of an archive, in memory: what is checked later is what was read. Raises NotFound, BundleRefused."""
    where = str(path)
    if not path.is_file():
        raise NotFound("there is no bundle", where=where, remedy="Check the path.")
    if path.stat().st_size > MAX_ARCHIVE_BYTES:
        raise BundleRefused(
            f"the archive is larger than {MAX_ARCHIVE_BYTES >> 20} MiB, which no bundle is",
            where=where,
            remedy="Fetch the bundle again from its publisher.",
        )
    data = path.read_bytes()
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries, len(data), where)
            return {entry.filename: archive.read(entry) for entry in entries}
    except (BadZipFile, EOFError, NotImplementedError, ValueError, RuntimeError, OSError) as error:
        raise BundleRefused(
            f"the archive is damaged or cut short: {error}",
            where=where,
            remedy="Fetch the bundle again from its publisher.",
        ) from error


def _check_entries(entries: list[ZipInfo], archive_bytes: int, where: str) -> None:
    problem = _problem_of(entries, archive_bytes)
    if problem:
        raise BundleRefused(problem, where=where, remedy="Do not use it, and ask its publisher for the original.")


def _problem_of(entries: list[ZipInfo], archive_bytes: int) -> str:
    if len(entries) > MAX_FILES:
        return f"the archive holds {len(entries)} files, and a bundle holds at most {MAX_FILES}"
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        return "the archive holds two files of one name, so that readers could disagree about its contents"
    for problem in map(_problem_of_entry, entries):
        if problem:
            return problem
    if sum(entry.file_size for entry in entries) > archive_bytes:
        return "the archive's files claim to be larger than the archive"
    return ""


def _problem_of_entry(entry: ZipInfo) -> str:
    if not _is_plain(entry.orig_filename):
        return f"the archive holds {entry.orig_filename!r}, a name that could point outside of a folder"
    if entry.flag_bits & _ENCRYPTED:
        return f"`{entry.filename}` is encrypted"
    if entry.compress_type != ZIP_STORED or entry.compress_size != entry.file_size:
        return f"`{entry.filename}` is compressed, and could expand without limit when read"
    return ""


def _is_plain(name: str) -> bool:
    return name.isascii() and name.replace(".", "").replace("_", "").isalnum() and not name.startswith(".")
