"""Unpacking what was handed in as archives, before `nbgrader zip_collect` looks at it.

An archive can name a file outside its folder, hold links, unfold a few kilobytes into a disk full
of zeros, or hold a thousand archives. nbgrader's own extractor trusts it. This one is a plugin for
nbgrader's own place (`ZipCollectApp.extractor_plugin`): sizes are counted while bytes come out,
never taken from a header, only plain files and folders come out, and an archive that breaks a rule
is refused as a whole, with a line in the log, while all others are collected.

A platform's download is often an archive of archives, so one level below it is unpacked too, and
no deeper. Which learner a file belongs to is the collector's business (`labkit.grading.receipts`).
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tarfile
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from nbgrader.plugins import ExtractorPlugin

from labkit.errors import CourseError
from labkit.grading.intake import ENTRIES
from labkit.handed_in.folder import FILE_BYTES, FILES, TOTAL_BYTES, UnusableName, entry_parts
from labkit.learner.zip_names import ZipName

RECEIPT = "receipt.json"
RECEIPT_BYTES = 200_000
# A platform's download may unfold to this many times its own size. Notebooks unfold to about ten
# times theirs, zeros to a thousand times.
MOST_RATIO = 50
CHUNK = 1 << 16


class RefusedArchive(Exception):
    """An archive breaks a rule; the text says which."""


@dataclass
class Room:
    """What an archive may still bring: bytes and files."""

    bytes: int
    files: int

    def take(self, size: int) -> None:
        """Take bytes that just came out.

        Raises:
            RefusedArchive: there is no room for them.
        """
        self.bytes -= size
        if self.bytes < 0:
            raise RefusedArchive("it unfolds to more than is allowed")

    def take_file(self) -> None:
        """Take an entry; raises RefusedArchive as `take` does."""
        self.files -= 1
        if self.files < 0:
            raise RefusedArchive("it holds more files than are allowed")


@dataclass(frozen=True)
class Member:
    """An entry of an archive: its name, whether it is a folder, and how to read it."""

    name: str
    is_folder: bool
    archive: zipfile.ZipFile | tarfile.TarFile
    entry: zipfile.ZipInfo | tarfile.TarInfo

    def open(self) -> IO[bytes]:
        """Open a file's content as a stream."""
        if isinstance(self.archive, zipfile.ZipFile):
            return self.archive.open(self.entry)  # type: ignore[arg-type]
        stream = self.archive.extractfile(self.entry)  # type: ignore[arg-type]
        if stream is None:
            raise RefusedArchive(f"{ascii(self.name)} cannot be read")
        return stream


class SafeExtractor(ExtractorPlugin):
    """Unpack archives as nbgrader's extractor does, with limits and without following anything."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack every archive of a folder into a folder of its name; copy all other files.

        Args:
            archive_path: what was downloaded.
            extracted_path: where it goes.
        """
        self._release()
        source, target = Path(archive_path), Path(extracted_path)
        found = 0
        for below, folders, names in os.walk(source):
            folders.sort()
            for name in sorted(names):
                found += 1
                path = Path(below, name)
                self._take(path, target / path.parent.relative_to(source))
        if not found:
            self.log.warning("No files found in directory: %s", archive_path)
        for learner, places in own_zips(target).items():
            self._choose(learner, places)

    def _release(self) -> None:
        """Release the assignment if it is not: else nbgrader calls every right name invalid."""
        from labkit.grading.engine import enter  # a second, which a released assignment saves

        coursedir = getattr(self.parent, "coursedir", None)
        if coursedir is None:
            return
        name = coursedir.assignment_id
        places = (coursedir.release_directory, coursedir.source_directory)
        release, source = (Path(coursedir.format_path(place, ".", name)) for place in places)
        if not release.is_dir() and source.is_dir():
            try:
                enter(Path(coursedir.root), name)
            except CourseError as trouble:
                self.log.warning("%s", trouble)

    def _choose(self, learner: str, places: dict[str, list[Path]]) -> None:
        """Keep a learner's latest zip, and none where several people seem to use one name.

        A platform keeps what one person hands in at one place. Where one name comes from two,
        only a person can tell which zip is whose.
        """
        folders = sorted(folder for found in places.values() for folder in found)
        if len(places) > 1:
            self.log.error(
                "%s is the name on zips from %s. None of them was collected: find out which one is "
                "by that learner, remove the others, and collect again.",
                ascii(learner),
                " and ".join(ascii(place) for place in sorted(places)),
            )
            latest = None
        else:
            latest = max(folders, key=_claimed)
        for folder in folders:
            if folder != latest:
                self.log.info("%s is left out", folder)
                shutil.rmtree(folder, ignore_errors=True)

    def _take(self, path: Path, folder: Path) -> None:
        """Bring one downloaded file into a folder, whole or not at all."""
        try:
            if not stat.S_ISREG(os.lstat(path).st_mode):
                raise RefusedArchive("it is no ordinary file")
            folder.mkdir(parents=True, exist_ok=True)
            if path.suffix.lower() not in self.zip_ext:
                shutil.copy(path, folder / path.name)
                return
            room = _room(path)
            self.log.info("Extracting from: %s", path)
            inner = self._unpack(path, folder / _stem(path.name), room)
            for archive in inner:
                self._take_inner(archive, room)
        except (RefusedArchive, OSError) as problem:
            self.log.error("%s was refused: %s. Nothing of it was collected.", path, problem)

    def _take_inner(self, archive: Path, room: Room) -> None:
        """Unpack an archive that came out of a platform's download, as one learner's."""
        try:
            own = Room(min(TOTAL_BYTES, room.bytes), min(FILES, room.files))
            deeper = self._unpack(archive, archive.with_name(_stem(archive.name)), own)
            room.bytes -= min(TOTAL_BYTES, room.bytes) - own.bytes
            for path in deeper:
                self.log.warning("%s is an archive in a learner's archive: not unpacked", path)
        except (RefusedArchive, OSError) as problem:
            self.log.error("%s was refused: %s. Nothing of it was collected.", archive, problem)
        finally:
            archive.unlink(missing_ok=True)

    def _unpack(self, archive: Path, folder: Path, room: Room) -> list[Path]:
        """Unpack an archive into a new folder; return the archives that were in it."""
        if folder.exists():
            raise RefusedArchive(f"{folder} is there already")
        part = folder.with_name(f".{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        try:
            part.mkdir(parents=True)
            unpack(archive, part, room)
            _refuse_another_learner(archive.name, part)
            part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        inner = (path for path in folder.rglob("*") if path.suffix.lower() in self.zip_ext)
        return sorted(path for path in inner if path.is_file())


def unpack(archive: Path, folder: Path, room: Room) -> None:
    """Write the plain files of an archive below a folder.

    Raises:
        RefusedArchive: the archive breaks a rule or is broken; what came out so far is the
            caller's to remove.
        OSError: the disk does not take it.
    """
    seen: set[str] = set()
    try:
        for member in _members(archive):
            room.take_file()
            target = folder.joinpath(*entry_parts(member.name, seen))
            if member.is_folder:
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with member.open() as stream, target.open("xb") as out:
                _copy(stream, out, room, member.name)
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        raise RefusedArchive("it holds two entries of one name") from None
    except UnusableName as problem:
        raise RefusedArchive(str(problem)) from None
    except (RefusedArchive, OSError):
        raise
    # The readers of archives raise more than they document, and one archive must not end the
    # collection of all others.
    except Exception as problem:
        raise RefusedArchive(f"it is broken ({problem})") from None


def _copy(stream: IO[bytes], out: IO[bytes], room: Room, name: str) -> None:
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        # A platform's download holds learners' archives, which may be larger than one file.
        if size > (TOTAL_BYTES if _is_archive(name) else FILE_BYTES):
            raise RefusedArchive(f"{ascii(name)} unfolds to more than is allowed")
        room.take(len(chunk))
        out.write(chunk)


def _members(path: Path) -> Iterator[Member]:
    """List an archive's entries, refusing whatever is neither file nor folder."""
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                kind = stat.S_IFMT(info.external_attr >> 16)
                if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                    raise RefusedArchive(f"{ascii(info.filename)} is a link or a device")
                if info.flag_bits & 1:
                    raise RefusedArchive("it is locked with a password")
                yield Member(info.filename, info.is_dir(), archive, info)
        return
    with tarfile.open(path, "r|*") as tar:
        for entry in tar:
            if not (entry.isreg() or entry.isdir()):
                raise RefusedArchive(f"{ascii(entry.name)} is a link or a device")
            yield Member(entry.name, entry.isdir(), tar, entry)


def own_zips(target: Path) -> dict[str, dict[str, list[Path]]]:
    """Find the zips of `labkit submit` among what was unpacked: by learner, by where it lay."""
    found: dict[str, dict[str, list[Path]]] = {}
    for folder in target.rglob("*+*+*+*"):
        said = ZipName.read(f"{folder.name}.zip") if folder.is_dir() else None
        if said is not None:
            learner, prefix = split_platform_prefix(said.learner, learner_in_receipt(folder))
            place = f"{folder.parent}/{prefix}"
            found.setdefault(learner, {}).setdefault(place, []).append(folder)
    return found


def _claimed(folder: Path) -> tuple[str, str]:
    said = ZipName.read(f"{folder.name}.zip")
    return (said.claimed if said else "", folder.name)


def learner_in_receipt(folder: Path) -> str | None:
    """Return the learner whom the receipt in an unpacked zip names; None if it names none.

    Accents are composed, as in what `ZipName` reads from the zip's name.
    """
    try:
        with (folder / RECEIPT).open("rb") as stream:
            learner = json.loads(stream.read(RECEIPT_BYTES))["learner"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return unicodedata.normalize("NFC", learner) if isinstance(learner, str) else None


def split_platform_prefix(name: str, learner: str | None) -> tuple[str, str]:
    """Tell a learner's name from what a learning platform put before it: name, prefix.

    Some platforms store an upload as `lovelaceada_123_456_` and the name that it had.
    """
    if learner and name.endswith(f"_{learner}"):
        return learner, name.removesuffix(learner)
    return name, ""


def _refuse_another_learner(name: str, folder: Path) -> None:
    """Refuse one of our zips whose name and receipt speak of different learners."""
    said, learner = ZipName.read(name), learner_in_receipt(folder)
    if said is None or learner is None:
        return
    if split_platform_prefix(said.learner, learner)[0] != learner:
        raise RefusedArchive(
            f"its name says {ascii(said.learner)}, its receipt {ascii(learner[:100])}; ask who "
            "handed it in"
        )


def _room(path: Path) -> Room:
    if ZipName.read(path.name):
        return Room(TOTAL_BYTES, FILES)
    return Room(TOTAL_BYTES + MOST_RATIO * path.stat().st_size, ENTRIES)


def _stem(name: str) -> str:
    stem = Path(name).stem
    return Path(stem).stem if stem.endswith(".tar") else stem


def _is_archive(name: str) -> bool:
    return name.lower().endswith((".zip", ".gz"))
