"""Backups: the database, its snapshots and the heads of the history in one file, sealed for a key kept elsewhere.

The keys of the installation are left out on purpose: whoever has both can read everything. They are copied once, apart.
The seal is that of age, so that its own program opens a backup too.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyrage
from django.conf import settings
from django.db import connection
from django.utils import timezone
from pyrage import x25519

from guben.audit.proofs import HEADS
from guben.kit.errors import DomainError

FORMAT = 1
RECIPIENT = "backup-recipient"
PATTERN = "guben-*.tar.age"
DUMPS = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


class BackupRefused(DomainError):
    """A backup can't be made, read or put back; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup says of itself."""

    made_at: datetime
    vendor: str
    files: Mapping[str, Mapping[str, Any]]


def new_identity(*, replace: bool = False) -> str:
    """A fresh secret to open backups with. Only its public half stays here; the secret is shown once.

    Raises:
        BackupRefused: there is a key already.
    """
    place = _recipient_file()
    if place.exists() and not replace:
        raise BackupRefused(f"Backups are sealed already for the key in {place}. --replace makes a new one.")
    identity = x25519.Identity.generate()
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    place.write_text(f"{identity.to_public()}\n", encoding="ascii")
    place.chmod(0o600)
    return str(identity)


def make(folder: Path, *, keep: int = 0) -> Path:
    """Writes one backup into a folder, whole or not at all, and deletes all but the newest `keep` (0: deletes none).

    Raises:
        BackupRefused: there is no key to seal for, or the database's own tool is missing.
    """
    recipient = _recipient()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"guben-{timezone.now():%Y%m%d-%H%M%S-%f}.tar.age"
    with _workshop(settings.DATA) as work:
        _dump(work / DUMPS[connection.vendor])
        _pack(work)
        draft = target.with_suffix(".part")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as sealed, (work / "backup.tar").open("rb") as plain:
                pyrage.encrypt_io(plain, sealed, [recipient])
                sealed.flush()
                os.fsync(sealed.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    if keep:
        for old in sorted(folder.glob(PATTERN))[:-keep]:
            old.unlink()
    return target


def check(file: Path, identity: str) -> Contents:
    """Opens a backup, compares every file in it with its hash, and asks the database's own tool whether it is whole.

    Raises:
        BackupRefused: it can't be opened, or is damaged.
    """
    with _opened(file, identity) as (_work, contents):
        return contents


def restore(file: Path, identity: str) -> Contents:
    """Puts a backup into an installation that has no tables yet.

    Raises:
        BackupRefused: there is data already, it can't be opened, is damaged, or was made on the other database.
    """
    if connection.introspection.table_names():
        sentence = (
            f"There are tables in {_database_name()} already. Restore into an empty database, or a new GUBEN_DATA."
        )
        raise BackupRefused(sentence)
    with _opened(file, identity) as (work, contents):
        if contents.vendor != connection.vendor:
            raise BackupRefused(f"The backup is of {contents.vendor}; DATABASE_URL names {connection.vendor}.")
        _load(work / DUMPS[contents.vendor])
        for name in (HEADS, "snapshots"):
            if (work / name).is_dir():
                shutil.copytree(work / name, Path(settings.DATA) / name, dirs_exist_ok=True)
            elif (work / name).exists():
                shutil.copy2(work / name, Path(settings.DATA) / name)
    return contents


def _pack(work: Path) -> None:
    """Everything in one plain tar inside the owner-only workshop, with the list of what is in it first."""
    data = Path(settings.DATA)
    dump = work / DUMPS[connection.vendor]
    places = {dump.name: dump}
    places |= {str(one.relative_to(data)): one for one in (data / "snapshots").rglob("*") if one.is_file()}
    if (data / HEADS).exists():
        places[HEADS] = data / HEADS
    listed = {name: {"bytes": place.stat().st_size, "sha256": _hash(place)} for name, place in places.items()}
    manifest = {
        "format": FORMAT, "made_at": timezone.now().isoformat(), "database": connection.vendor, "files": listed,
    }  # fmt: skip
    text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    with tarfile.open(work / "backup.tar", "w") as tar:
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
        for name, place in places.items():
            tar.add(place, name, recursive=False)


@contextmanager
def _opened(file: Path, identity: str) -> Iterator[tuple[Path, Contents]]:
    """The unpacked and proved files of a backup, deleted again at the end."""
    with _workshop(settings.DATA) as work:
        _unseal(file, work / "backup.tar", identity)
        try:
            with tarfile.open(work / "backup.tar") as tar:
                tar.extractall(work, filter="data")
            manifest = json.loads((work / "manifest.json").read_text(encoding="utf-8"))
            contents = Contents(datetime.fromisoformat(manifest["made_at"]), manifest["database"], manifest["files"])
        except (tarfile.TarError, OSError, ValueError, KeyError) as fault:
            raise BackupRefused(f"{file} is no backup of Guben, or it is damaged ({fault}).") from fault
        (work / "backup.tar").unlink()
        for name, known in contents.files.items():
            if not (work / name).is_file() or _hash(work / name) != known["sha256"]:
                raise BackupRefused(f"{name} inside {file} is damaged. Take an older backup.")
        _prove(work / DUMPS[contents.vendor])
        yield work, contents


def _unseal(file: Path, target: Path, identity: str) -> None:
    try:
        key = x25519.Identity.from_str(identity.strip())
    except pyrage.IdentityError as fault:
        raise BackupRefused("That is no key for opening backups: it begins with AGE-SECRET-KEY-1.") from fault
    try:
        with file.open("rb") as sealed, target.open("wb") as plain:
            pyrage.decrypt_io(sealed, plain, [key])
    except OSError as fault:
        raise BackupRefused(f"{file} can't be read: {fault.strerror or 'it is damaged or cut short'}.") from fault
    except pyrage.DecryptError as fault:
        raise BackupRefused(f"{file} was sealed for another key, or is damaged.") from fault


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(str(_database_name()))) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
        return
    _run_tool("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", *_server())


def _load(dump: Path) -> None:
    if connection.vendor == "sqlite":
        connection.close()
        goal = Path(str(_database_name()))
        goal.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in (goal, *goal.parent.glob(f"{goal.name}-*")):
            left.unlink(missing_ok=True)
        shutil.copy2(dump, goal)
        goal.chmod(0o600)
        return
    _run_tool("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", *_server(), str(dump))


def _prove(dump: Path) -> None:
    if dump.suffix == ".pgdump":
        _run_tool("pg_restore", "--list", str(dump))
        return
    with closing(sqlite3.connect(dump)) as copy:
        answer = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if answer != "ok":
        raise BackupRefused(f"The database inside is damaged: {answer}. Take an older backup.")


def _server() -> list[str]:
    known: dict[str, Any] = connection.get_connection_params()
    words = {"--host": known.get("host"), "--port": known.get("port"), "--username": known.get("user")}
    return [f"{word}={value}" for word, value in words.items() if value] + [f"--dbname={known['dbname']}"]


def _run_tool(name: str, *words: str) -> None:
    """Runs one of PostgreSQL's own programs; the password goes by the environment, not by the command line."""
    program = shutil.which(name, path=os.environ.get("GUBEN_PG_BIN", "") or None)
    if program is None:
        raise BackupRefused(f"{name} is not here. On Debian: apt install postgresql-client; or set GUBEN_PG_BIN.")
    password = str(connection.settings_dict.get("PASSWORD") or "")
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    done = subprocess.run([program, *words], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupRefused(f"{name} failed: {done.stderr.strip()[:500]}")


def _database_name() -> Any:
    return connection.settings_dict["NAME"]


def _hash(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _recipient_file() -> Path:
    return Path(settings.DATA) / "keys" / RECIPIENT


def _recipient() -> x25519.Recipient:
    text = os.environ.get("GUBEN_BACKUP_RECIPIENT") or (
        _recipient_file().read_text(encoding="ascii") if _recipient_file().exists() else ""
    )
    try:
        return x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as fault:
        raise BackupRefused(
            "There is no key to seal backups for. `guben backup key` makes one; keep the secret it prints elsewhere."
        ) from fault


@contextmanager
def _workshop(data: Path | str) -> Iterator[Path]:
    """An owner-only folder on the data's own disk, gone at the end whatever happens."""
    Path(data).mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="backup-", dir=data) as folder:
        yield Path(folder)
