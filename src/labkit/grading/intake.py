"""What may come in: the folder a learner handed in is looked over before anything in it is read.

Stock nbgrader copies a submitted folder file by file and follows every link in it. Here what must
not be read is moved aside first, into `refused/` beside the folder of submissions, with a note of
the reasons; nothing is lost, and the rest is graded. A notebook that is moved aside leaves a
placeholder, so that the learner gets no points *and* a reason. How a notebook is read is told in
`labkit.handed_in.notebook`.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.utils import parse_utc
from traitlets.log import get_logger

from labkit.grading.record import begin
from labkit.handed_in.folder import DEPTH, FILE_BYTES, FILES, TOTAL_BYTES, is_odd
from labkit.handed_in.notebook import (
    NOTEBOOK_BYTES,
    REFUSALS,
    Submitted,
    Unreadable,
    placeholder,
    read_bytes,
    read_notebook,
    to_node,
)

TIMESTAMP_BYTES = 200
# Holds the reasons, one a line, in a folder from which something was set aside.
SET_ASIDE = "set_aside.txt"
# A folder of more entries is not walked to its end.
ENTRIES = 10_000
# Nor is a course of more files searched for the other names of one.
COURSE_FILES = 200_000

REASONS = {
    "link": "a link to another file or folder, which is never followed",
    "hard link": (
        "a second name (hard link) of a file that belongs to the course or to somebody else; if a "
        "deduplication made it, copy the submission with `cp -r` and grade it again"
    ),
    "special": "no ordinary file or folder",
    "name": "a name with control characters or bytes that are no text",
    "too large": f"larger than allowed (notebook 20 MB, file 50 MB, {FILES} files 100 MB in all)",
    "too many": f"more than {FILES} files, or folders more than {DEPTH} deep",
    "timestamp": "a timestamp.txt that holds no time",
    "unreadable": "a file or folder that cannot be opened",
}


Ignore = Callable[[str, list[str]], Iterable[str]]


@dataclass(frozen=True)
class Offence:
    """An entry that must not be read: its path below the folder ('.' is the folder) and why."""

    path: str
    reason: str


def offences(folder: Path) -> list[Offence]:
    """Return what must not be read in a submitted folder; links are never followed.

    Files count towards the limits from the top of the folder downwards, notebooks first, so that
    a large data folder does not push out the answers.
    """
    if stat.S_ISLNK(os.lstat(folder).st_mode):
        return [Offence(".", "link")]
    owner = os.lstat(folder).st_uid
    found: list[Offence] = []
    if not _is_time(folder / "timestamp.txt"):
        found.append(Offence("timestamp.txt", "timestamp"))
    files: list[tuple[tuple[int, bool, str], os.stat_result]] = []
    for entry, status in _walk(folder, found):
        reason = _look(folder, entry, status)
        if not reason and _is_linked(status) and status.st_uid != owner:
            reason = "hard link"
        if reason:
            found.append(Offence(entry, reason))
        elif stat.S_ISREG(status.st_mode) and entry != SET_ASIDE:
            files.append(((entry.count("/"), not entry.endswith(".ipynb"), entry), status))
    total = 0
    for number, ((_, _, path), status) in enumerate(sorted(files, key=lambda item: item[0])):
        total += status.st_size
        if number >= FILES:
            found.append(Offence(path, "too many"))
        elif total > TOTAL_BYTES:
            found.append(Offence(path, "too large"))
    return _each_once(found)


def admit(assignment: str, student: str, notebooks: list[str]) -> None:
    """Move what must not be read out of a submitted folder: nbgrader's `pre_convert_hook`.

    What is left is noted, as that which is graded from now on (`labkit.grading.record`).
    nbgrader passes the paths of the notebooks it found, and goes on with this very list. Calling it
    again changes nothing. If looking over a folder fails, all of it is set aside; if even that is
    impossible the run stops, because nbgrader would go on to copy whatever a link leads to.
    """
    by_folder: dict[Path, list[str]] = {}
    for notebook in notebooks:
        by_folder.setdefault(Path(notebook).parent, []).append(Path(notebook).name)
    for folder, names in by_folder.items():
        try:
            found = set_aside(folder, names)
        except Exception as error:
            get_logger().error("%s could not be looked over: %s", folder, error)
            found = _set_all_aside(folder, names)
        unnamed = {str(folder / offence.path) for offence in found if offence.reason == "name"}
        notebooks[:] = [notebook for notebook in notebooks if notebook not in unnamed]
        begin(folder)


def set_aside(folder: Path, notebooks: Iterable[str] = ()) -> list[Offence]:
    """Move offending entries from a submitted folder to `refused/`, and say so in the log.

    `notebooks` are the names for which a placeholder is left if the folder itself was a link.
    Returns what was moved.
    """
    _open_up(folder)
    found = offences(folder)
    found = _each_once([*found, *_second_names(folder)])
    if found:
        _move_out(folder, found, notebooks)
    return found


def copy_in(source: Path, target: Path, ignored: Ignore) -> list[Offence]:
    """Copy a folder that its learner can still change, without following links at any moment.

    `ignored` is asked, as by `shutil.copytree`, which names of a folder to leave out. Returns what
    was left behind; a notebook that was leaves a placeholder.
    """
    left = offences(source)
    skipped = {offence.path for offence in left}
    for folder, folders, files, descriptor in os.fwalk(source):
        below = os.path.relpath(folder, source)
        leave = set(ignored(folder, [*folders, *files]))
        leave |= {
            name for name in (*folders, *files) if os.path.normpath(f"{below}/{name}") in skipped
        }
        folders[:] = [name for name in folders if name not in leave]
        (target / below).mkdir(parents=True, exist_ok=True)
        for name in files:
            if name not in leave:
                _copy_file(name, descriptor, target / below / name)
    for offence in left:
        get_logger().warning(
            "%s was not collected: %s", ascii(offence.path), REASONS[offence.reason]
        )
        _leave_placeholder(target, offence)
    _leave_reasons(target, left)
    return left


class SubmissionExporter(NotebookExporter):
    """Read what was handed in with every caution, and what was written here as it is.

    `nbgrader autograde` uses one exporter twice for a notebook: on the submitted file, and on the
    rebuilt one in its own folder of autograded work.
    """

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Convert a notebook; a submitted one that cannot be read becomes an empty one."""
        resources = resources if resources is not None else {}
        if self._is_ours(filename, resources):
            return super().from_filename(filename, resources=resources, **kw)
        resources["metadata"] = {
            "name": Path(filename).stem,
            "path": os.path.dirname(filename),
            "modified_date": "",
        }
        try:
            submitted = read_notebook(Path(filename))
        except Unreadable as refusal:
            submitted = Submitted()
            resources["labkit_refused"] = str(refusal)
        reasons = _reasons(Path(filename).parent, self._given(resources))
        resources["labkit_set_aside"] = [REASONS[reason] for reason in reasons]
        return self.from_notebook_node(to_node(submitted), resources=resources, **kw)

    def _given(self, resources: dict[str, Any]) -> set[str]:
        """The instructor's own files beside the notebooks, where the course is known."""
        coursedir = getattr(self.parent, "coursedir", None)
        names = resources.get("nbgrader")
        if coursedir is None or not names:
            return set()
        place = coursedir.format_path(coursedir.source_directory, ".", names["assignment"])
        files = (path for path in Path(place).rglob("*") if path.is_file())
        return {path.relative_to(place).as_posix() for path in files if not _is_notebook(path.name)}

    def _is_ours(self, filename: str, resources: dict[str, Any]) -> bool:
        """Tell whether a file lies in the folder that this submission's results are written to."""
        coursedir = getattr(self.parent, "coursedir", None)
        names = resources.get("nbgrader")
        if coursedir is None or not names:
            return False
        written = coursedir.format_path(
            coursedir.autograded_directory, names["student"], names["assignment"]
        )
        return os.path.abspath(os.path.dirname(filename)) == os.path.abspath(written)


def _is_linked(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and status.st_nlink > 1


def _second_names(folder: Path) -> list[Offence]:
    """Return the files that are second names of a file of the course, or of a neighbour's notebook.

    A second name alone proves nothing: a backup makes some, and whoever links to a neighbour's
    notebook gives that one a second name too. Of two learners, the one whose folder was changed
    last made the link; the system notes that time and lets nobody set it back.
    """
    paths = {
        (status.st_dev, status.st_ino): path
        for path, status in _walk(folder, [])
        if _is_linked(status)
    }
    step = folder.parents[1]
    skipped = (step.parent / "refused", folder)
    found = []
    seen = 0
    for below, folders, files in os.walk(step.parent) if paths else ():
        here = Path(below)
        folders[:] = [name for name in folders if here / name not in skipped]
        seen += len(files)
        if seen > COURSE_FILES:
            break
        for name in files:
            try:
                status = os.lstat(here / name)
            # Somebody works on the course meanwhile.
            except OSError:
                continue
            path = paths.get((status.st_dev, status.st_ino))
            if path is not None and _is_taken(folder, path, here / name):
                found.append(Offence(path, "hard link"))
    return found


def _is_taken(folder: Path, path: str, other: Path) -> bool:
    """Tell whether a submitted file and one elsewhere in the course are the latter's by right."""
    own_place = (folder.parent.name, folder.name, *PurePosixPath(path).parts)
    if other.parts[-len(own_place) :] == own_place:
        return False
    step = folder.parents[1]
    if step not in other.parents:
        return True
    if not _is_notebook(path) or folder.parent in other.parents:
        return False
    ours, theirs = (folder / path).parent, other.parent
    return os.lstat(ours).st_ctime_ns > os.lstat(theirs).st_ctime_ns


def _each_once(found: list[Offence]) -> list[Offence]:
    """Drop what lies in a folder that is an offence itself, and second reasons."""
    first: dict[str, Offence] = {}
    for offence in found:
        first.setdefault(offence.path, offence)
    above = {path: list(PurePosixPath(path).parents)[:-1] for path in first}
    return [first[path] for path in first if not any(str(up) in first for up in above[path])]


def _walk(folder: Path, found: list[Offence]) -> Iterator[tuple[str, os.stat_result]]:
    """Yield every entry below a folder once, as a path with slashes and its own status."""
    folders = [""]
    seen = 0
    while folders:
        below = folders.pop()
        try:
            entries = sorted(os.scandir(folder / below), key=lambda entry: entry.name)
        except OSError:
            found.append(Offence(below or ".", "unreadable"))
            continue
        for entry in entries:
            path = f"{below}/{entry.name}" if below else entry.name
            seen += 1
            if seen > ENTRIES or path.count("/") > DEPTH:
                found.append(Offence(path.partition("/")[0], "too many"))
                break
            status = entry.stat(follow_symlinks=False)
            yield path, status
            if stat.S_ISDIR(status.st_mode) and not _look(folder, path, status):
                folders.append(path)


def _look(folder: Path, path: str, status: os.stat_result) -> str:
    """Return the reason for which an entry must not be read, or nothing."""
    name = path.rpartition("/")[2]
    is_file = stat.S_ISREG(status.st_mode)
    if stat.S_ISLNK(status.st_mode):
        return "link"
    if is_odd(name):
        return "name"
    if not is_file:
        is_plain = stat.S_ISDIR(status.st_mode) and not (path == name and _is_notebook(name))
        return "" if is_plain else "special"
    if status.st_size > (NOTEBOOK_BYTES if _is_notebook(name) else FILE_BYTES):
        return "too large"
    return "" if os.access(folder / path, os.R_OK) else "unreadable"


def _is_notebook(name: str) -> bool:
    return name.endswith(".ipynb")


def _is_time(path: Path) -> bool:
    """Tell whether stock nbgrader could read a timestamp file; an empty or missing one is fine."""
    try:
        mode = os.lstat(path).st_mode
        if not stat.S_ISREG(mode):
            return not stat.S_ISDIR(mode)
        with path.open("rb") as stream:
            content = stream.read(TIMESTAMP_BYTES + 1)
        text = content.decode("ascii").strip()
        if text:
            parse_utc(text)
        return len(content) <= TIMESTAMP_BYTES
    except FileNotFoundError:
        return True
    # The parser of dates raises more than it documents.
    except Exception:
        return False


def _open_up(folder: Path) -> None:
    """Let the owner read files and enter folders that an archive brought without such a right."""
    if folder.is_symlink():
        return
    _allow(folder, stat.S_IRWXU)
    for number, (below, folders, files) in enumerate(os.walk(folder)):
        if number > ENTRIES or len(Path(below).relative_to(folder).parts) > DEPTH:
            folders.clear()
        for name in folders:
            _allow(Path(below, name), stat.S_IRWXU)
        for name in files:
            _allow(Path(below, name), stat.S_IRUSR)


def _allow(path: Path, rights: int) -> None:
    mode = os.lstat(path).st_mode
    plain = stat.S_ISREG(mode) or stat.S_ISDIR(mode)
    if plain and mode & rights != rights:
        try:
            os.chmod(path, stat.S_IMODE(mode) | rights)
        # Of another owner: whether it can be read is found out later.
        except PermissionError:
            pass


def _set_all_aside(folder: Path, notebooks: Iterable[str]) -> list[Offence]:
    found = [Offence(".", "unreadable")]
    try:
        _move_out(folder, found, notebooks)
    except Exception as error:
        raise SystemExit(
            f"{folder} holds an entry that must not be read and cannot be moved away ({error}). "
            "Make the folder writable and grade again."
        ) from error
    return found


def _move_out(folder: Path, found: list[Offence], notebooks: Iterable[str]) -> None:
    """Move entries to a new shelf below `refused/`, with a note, and leave placeholders."""
    step = folder.parents[1]
    shelves = step.parent / "refused" / folder.parent.name / folder.name
    shelves.mkdir(parents=True, exist_ok=True)
    used = (int(old.name) for old in shelves.iterdir() if old.name.isdecimal())
    shelf = shelves / str(1 + max(used, default=0))
    (shelf / "kept").mkdir(parents=True)
    (shelf / "README.txt").write_text(_note(folder, found), encoding="utf-8")
    for offence in found:
        whole = offence.path == "."
        _move(folder / offence.path, shelf / "kept" / (folder.name if whole else offence.path))
        get_logger().warning(
            "%s of %s was set aside in %s: %s",
            ascii(offence.path),
            folder,
            shelf,
            REASONS[offence.reason],
        )
        if whole:
            folder.mkdir()
            for name in notebooks:
                _leave_placeholder(folder, Offence(name, offence.reason))
        else:
            _leave_placeholder(folder, offence)
    _leave_reasons(folder, found)


def _leave_reasons(folder: Path, found: list[Offence]) -> None:
    """Note in a folder, for its learner's feedback, why something was set aside."""
    if found:
        lines = (f"{offence.reason}\t{quote(os.fsencode(offence.path))}" for offence in found)
        noted = dict.fromkeys([*_noted(folder), *lines])
        (folder / SET_ASIDE).write_text("\n".join(noted), encoding="utf-8")


def _noted(folder: Path) -> list[str]:
    """Return the lines that `_leave_reasons` left; a learner may have written others."""
    try:
        return read_bytes(folder / SET_ASIDE).decode("utf-8", "replace").splitlines()
    except Unreadable:
        return []


def _reasons(folder: Path, given: Collection[str]) -> list[str]:
    """Return why something of the learner's was set aside: keys of `REASONS`, and nothing else.

    The instructor's own files, the paths in `given`, are laid over the learner's copies at grading:
    that such a copy was set aside is no news to the learner.
    """
    noted = [line.partition("\t") for line in _noted(folder)]
    reasons = [reason for reason, _, path in noted if unquote(path) not in given]
    return [reason for reason in dict.fromkeys(reasons) if reason in REASONS]


def _note(folder: Path, found: list[Offence]) -> str:
    lines = [f"  {ascii(offence.path)}: {REASONS[offence.reason]}" for offence in found]
    return (
        f"What was handed in at {folder}\nheld entries that are not read when grading. They were "
        "moved here, unread and unchanged, into the folder `kept`:\n\n" + "\n".join(lines) + "\n"
    )


def _move(entry: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(entry, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _move_across(entry, target)


def _move_across(entry: Path, target: Path) -> None:
    """Move to another file system; pipes and the like have no content and are removed."""
    mode = os.lstat(entry).st_mode
    if stat.S_ISREG(mode) or stat.S_ISLNK(mode):
        shutil.move(entry, target)
    elif stat.S_ISDIR(mode):
        shutil.copytree(entry, target, symlinks=True)
        shutil.rmtree(entry)
    else:
        os.unlink(entry)


def _leave_placeholder(folder: Path, offence: Offence) -> None:
    """Leave a notebook that says why, in place of one that must not be read."""
    if offence.reason in REFUSALS and "/" not in offence.path and _is_notebook(offence.path):
        (folder / offence.path).write_text(placeholder(offence.reason), encoding="utf-8")


def _copy_file(name: str, folder: int, target: Path) -> None:
    """Copy an ordinary file of bounded size from an open folder; anything else is left."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(name, flags, dir_fd=folder)
    except OSError as error:
        get_logger().warning("%s was not collected: %s", ascii(name), error.strerror)
        return
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_size <= FILE_BYTES:
            target.write_bytes(stream.read(FILE_BYTES))
            os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
