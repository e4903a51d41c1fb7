"""The keyring: a small file of data keys, each wrapped by the master key. The last is used for writing, all for reading."""

import base64
import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from kingmaker.bundle.files import whole_file, write_new
from kingmaker.domain.errors import KingmakerError, StorageFailed, TamperFound
from kingmaker.sealing.master import SETTING, MasterKey, MasterKeyRefused, master_key
from kingmaker.sealing.stream import KEY_BYTES, DataKey

KEYRING: Final = "data.keys"
"""The file's name, in the home's folder of keys."""
KEYRING_PATH: Final = "KINGMAKER_KEYRING"
"""The variable that names the file to an endpoint whose source is no home on its machine."""
FORMAT: Final = 1
_RESTORE = "Restore keys/data.keys from its backup."


class KeyringLocked(MasterKeyRefused):
    """There are sealed files or a keyring, and no master key is named."""

    code = "keyring_locked"


class DataKeyUnknown(KingmakerError):
    """A file is sealed with a data key that is not in the keyring."""

    code = "data_key_unknown"


class _Wrapped(msgspec.Struct, frozen=True):
    id: str
    made_at: str
    wrapped: str

    def told(self) -> bytes:
        return f"kingmaker data key 1 {self.id} {self.made_at}".encode()


class _File(msgspec.Struct, frozen=True):
    format: int
    master: str
    """The id of the master key that wrapped all of them."""
    keys: list[_Wrapped]


@dataclass(frozen=True, slots=True)
class KeyringState:
    """`made_at` of each data key by its id, in the order in which they were made."""

    master: str
    keys: tuple[tuple[str, str], ...]


class Keyring:
    """Opened when it is first used, and again whenever the file was replaced: other processes rotate it too.

    `reference` names the master key; where it is empty every use raises KeyringLocked. Safe for several threads.
    """

    def __init__(self, path: Path, reference: str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = path
        self._reference = reference
        self._now = now
        self._lock = threading.Lock()
        self._keys: dict[bytes, DataKey] = {}
        self._newest: DataKey | None = None
        self._stamp: tuple[int, int, int] | None = None

    @property
    def path(self) -> Path:
        return self._path

    def newest(self) -> DataKey:
        """The data key for what is sealed from now on. Makes the keyring when there is none."""
        with self._lock:
            self._look()
            if self._newest is None:
                self._make()
            assert self._newest is not None
            return self._newest

    def key_of(self, name: bytes) -> DataKey:
        """The data key with this id. Raises DataKeyUnknown."""
        with self._lock:
            if name not in self._keys:
                self._look()
            if name not in self._keys:
                raise DataKeyUnknown(
                    f"it is sealed with data key {name.hex()}, which is not in the keyring",
                    where=str(self._path),
                    remedy=f"{_RESTORE} Machines that share a vault share this file.",
                )
            return self._keys[name]

    def state(self) -> KeyringState:
        """What the file says, once it is proven that the master key opens it. Makes the keyring when there is none."""
        self.newest()
        file = self._read()
        for one in file.keys:
            self.key_of(bytes.fromhex(one.id))
        return KeyringState(file.master, tuple((one.id, one.made_at) for one in file.keys))

    def rotate(self) -> str:
        """Another data key from now on; its id. What was sealed before stays as it is, and readable."""
        self.newest()
        with self._alone():
            master = self._master()
            file = self._read()
            self._unwrapped(file, master)
            made = DataKey.make()
            self._write(msgspec.structs.replace(file, keys=[*file.keys, self._wrapped(made, master)]))
        return made.id.hex()

    def rewrap(self, reference: str) -> str:
        """The same data keys under the master key that `reference` names; its id. No data are read or written.

        From then on `KINGMAKER_MASTER_KEY` must name the new one. Raises MasterKeyRefused, and the file stays as it was.
        """
        self.newest()
        after = master_key(reference)
        with self._alone():
            file = self._read()
            secrets = self._unwrapped(file, self._master())
            keys = [
                msgspec.structs.replace(one, wrapped=_text(after.wrapped(key.secret, one.told())))
                for one, key in zip(file.keys, secrets, strict=True)
            ]
            self._write(_File(FORMAT, after.id, keys))
        with self._lock:
            self._reference = reference
        return after.id

    def _look(self) -> None:
        """Open the file if it was replaced since. Whoever has all its keys goes on when only their wrapping changed."""
        stamp = _stamp(self._path)
        if stamp is None or stamp == self._stamp:
            if stamp is None and not self._reference:
                raise self._locked()
            return
        file = self._read()
        if not {bytes.fromhex(one.id) for one in file.keys} <= self._keys.keys():
            self._keys = {key.id: key for key in self._unwrapped(file, self._master())}
        self._newest = self._keys[bytes.fromhex(file.keys[-1].id)]
        self._stamp = stamp

    def _make(self) -> None:
        """Of two processes that make it at once, both get the one that was kept."""
        master = self._master()
        file = _File(FORMAT, master.id, [self._wrapped(DataKey.make(), master)])
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileExistsError):
                write_new(self._path, _encoded(file))
        except OSError as error:
            raise self._refused(error) from error
        self._look()

    def _master(self) -> MasterKey:
        if not self._reference:
            raise self._locked()
        return master_key(self._reference)

    def _locked(self) -> KeyringLocked:
        return KeyringLocked(
            f"this home is sealed, and {SETTING} does not say where its master key stands",
            where=str(self._path),
            remedy=f"Set {SETTING} to `env:NAME`, `file:/PATH` or `command:PROGRAM ARGUMENTS`.",
        )

    def _read(self) -> _File:
        try:
            file = msgspec.json.decode(self._path.read_bytes(), type=_File)
            names = [bytes.fromhex(one.id) for one in file.keys]
        except OSError as error:
            raise self._refused(error) from error
        except (msgspec.MsgspecError, ValueError):
            raise TamperFound("the keyring is damaged", where=str(self._path), remedy=_RESTORE) from None
        if not names or file.format != FORMAT:
            what = "the keyring holds no key, or was written by a newer release"
            raise TamperFound(what, where=str(self._path), remedy=_RESTORE)
        return file

    def _unwrapped(self, file: _File, master: MasterKey) -> list[DataKey]:
        if file.master != master.id:
            raise MasterKeyRefused(
                f"the keyring was wrapped with master key {file.master}, and {SETTING} names {master.id}",
                where=str(self._path),
                remedy="Name the right one: without it nothing that is sealed can be read.",
            )
        found = []
        for one in file.keys:
            secret = master.unwrapped(_bytes(one.wrapped), one.told())
            if secret is None or len(secret) != KEY_BYTES:
                raise TamperFound(
                    f"data key {one.id} in the keyring was changed", where=str(self._path), remedy=_RESTORE
                )
            found.append(DataKey(bytes.fromhex(one.id), secret))
        return found

    def _wrapped(self, key: DataKey, master: MasterKey) -> _Wrapped:
        bare = _Wrapped(key.id.hex(), self._now().astimezone(UTC).isoformat(timespec="seconds"), "")
        return msgspec.structs.replace(bare, wrapped=_text(master.wrapped(key.secret, bare.told())))

    def _write(self, file: _File) -> None:
        """Whole or not at all."""
        try:
            with whole_file(self._path) as part:
                descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as opened:
                    opened.write(_encoded(file))
        except OSError as error:
            raise self._refused(error) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process changes the keyring meanwhile."""
        try:
            lock = os.open(self._path.with_name(f"{self._path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._refused(error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _refused(self, error: OSError) -> StorageFailed:
        return StorageFailed(
            f"the keyring can be neither read nor written ({error.strerror or error})",
            where=str(self._path),
            remedy="Correct the permissions of the folder, or put the file back from its backup.",
        )


def _encoded(file: _File) -> bytes:
    return msgspec.json.format(msgspec.json.encode(file), indent=2) + b"\n"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageFailed(f"the keyring cannot be read ({error.strerror})", where=str(path)) from error
    return status.st_mtime_ns, status.st_size, status.st_ino
