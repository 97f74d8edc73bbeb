"""Prove that no answer leaves the house: look for secret lines in whatever is handed out.

Secret is every significant line of a solution, hidden test or mark scheme in a lab's source,
and of the code of `grader/exams` that is not public anyway. Any tree of files, notebook,
wheel or source archive can be searched. Stripping is left to `release`; refusing to hand out
is `workbook`'s.

What counts
-----------
A line counts as significant from six words or signs and twenty characters on; imports and
plain counting loops do not count. Code and its trailing comment count each for itself. Lines
are compared word by word, so that spacing, line breaks, indentation, quotation marks of
notebooks and comment marks do not hide a copy.

A solution's line is secret wherever else it stands, also in the same lab or in this package:
whether it gives the answer away is for its author to say, by ending the line with the
comment `not secret`. The reference code shares idioms with public code by chance, so its
lines are exempt where public code holds them too, unless three in a row are the same. The
example that `labkit new-lab` writes is public, so a lab that still holds it has no secret there.
"""

from __future__ import annotations

import html
import io
import json
import re
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from labkit.authoring.build import lab_sources, lesson_sources
from labkit.authoring.lint import MARKS
from labkit.authoring.release import release_source
from labkit.errors import CourseError

LEAST_WORDS = 6
LEAST_CHARACTERS = 20
NOT_SECRET = re.compile(r"#\s*not secret\s*$")

# Whole files that must not travel, whatever stands in them.
FORBIDDEN_PATHS = re.compile(
    r"(^|/)(exams/.*|tests/labs/.*|labs/\d\d_[^/]+/[^/]+\.py|[^/]+\.key|gradebook\.db)$"
)

_WORD = re.compile(r"\w+|[^\w\s]")
_IDIOM = re.compile(r"(import \w|from [\w. ]+ import |for [\w ,]+ in range \( [\w ,]+ \) :$)")
_LEADING_COMMENT_MARKS = re.compile(r"(?m)^[ \t]*#+")
_JSON = (".ipynb", ".json")

Run = tuple[str, str, str]
"""Three lines that follow each other, each in its normal form."""

Lines = Mapping[tuple[str, ...], set[str]]
"""Lines in their normal form, by their first `LEAST_WORDS` words, so that a text is read once
however many lines are looked for."""


class LeakError(CourseError):
    """Something secret was about to be handed out; the message lists what and where."""


@dataclass(frozen=True)
class Secret:
    """A line nobody may hand out, and where it belongs.

    `words` is its normal form: words and signs with one space between.
    """

    words: str
    text: str
    path: Path
    line: int


@dataclass(frozen=True)
class Leak:
    """A secret, or a whole secret file, found where it must not be."""

    place: str
    found: str
    origin: str

    def __str__(self) -> str:
        return f"{self.place}: {self.found} ({self.origin})"


def collect_secrets(root: Path) -> list[Secret]:
    """Collect the secret lines of the course at `root`, one of each.

    Raises:
        SourceError, ReleaseError: If a lab cannot be read or stripped, so that nobody knows what is
            public in it.
    """
    secrets = [secret for path in lab_sources(root) for secret in _secrets_of_lab(path, root)]
    exams = sorted((root / "grader" / "exams").rglob("*.py"))
    public = [_word_lines(text) for text in _public_texts(root)] if exams else []
    runs = {run for text in public for run in _runs_of_three(text)}
    lines = {path: _numbered(path) for path in exams}
    known = _lines(words for numbered in lines.values() for _, _, words in numbered)
    common = {words for text in public for words in _found(" ".join(text), known)}
    for path, numbered in lines.items():
        secrets += _secrets_of_exam(path.relative_to(root), numbered, runs, common)
    first = {secret.words: secret for secret in reversed(secrets)}
    return list(first.values())[::-1]


def scan(target: Path, secrets: Iterable[Secret]) -> list[Leak]:
    """Search a folder, a file, a wheel or a source archive.

    Args:
        target: Folders are searched with all they hold, archives in archives too.
        secrets: From `collect_secrets`.

    Returns:
        Empty if nothing was found.

    Raises:
        LeakError: If the target does not exist; an empty search proves nothing.
    """
    if not target.exists():
        raise LeakError(f"{target}: nothing there to search. Build it first.")
    known = _known(secrets)
    if target.is_file():
        return list(_scan_bytes(target.name, target.read_bytes(), known))
    leaks: list[Leak] = []
    for path in sorted(target.rglob("*")):
        relative = path.relative_to(target)
        if relative.parts[-1] == ".git":
            leaks.append(Leak(relative.as_posix(), "the whole history", "it holds every source"))
        elif path.is_file() and ".git" not in relative.parts:
            leaks += _scan_bytes(relative.as_posix(), path.read_bytes(), known)
    return leaks


def scan_files(files: dict[str, bytes], secrets: Iterable[Secret]) -> list[Leak]:
    """Search files that are not written yet, given as name and content."""
    known = _known(secrets)
    return [leak for name, content in files.items() for leak in _scan_bytes(name, content, known)]


def refuse_leaks(leaks: list[Leak]) -> None:
    """Raise LeakError if there is any leak, and say what to do about it."""
    if leaks:
        listed = "\n".join(f"  {leak}" for leak in leaks)
        raise LeakError(
            f"Nothing was handed out, because it would give answers away:\n{listed}\n"
            "Remove these lines. If one gives nothing away, end it in the solution or reference "
            "with the comment `# not secret`."
        )


def _secrets_of_lab(path: Path, root: Path) -> Iterator[Secret]:
    inside: str | None = None
    for number, line in enumerate(path.read_bytes().decode("utf-8").splitlines(), 1):
        mark = next((mark for mark in MARKS if f"BEGIN {mark}" in line), None)
        if mark is not None:
            inside = mark
        elif inside is not None and f"END {inside}" in line:
            inside = None
        elif inside is not None:
            yield from _secrets_of_line(line, path.relative_to(root), number)


def _numbered(path: Path) -> list[tuple[int, str, str]]:
    """Give the number, the text and the normal form of each line that says anything."""
    lines = path.read_bytes().decode("utf-8").splitlines()
    return [(n, line, words) for n, line in enumerate(lines, 1) if (words := _words(line))]


def _secrets_of_exam(
    path: Path, numbered: list[tuple[int, str, str]], runs: set[Run | None], common: set[str]
) -> Iterator[Secret]:
    """Give the lines of an exam that are in no public text, nor in a run of three that is in one.

    Args:
        path: the exam's file, from the course's folder.
        numbered: what stands in it.
        runs: of three lines, of all public texts.
        common: the lines of any exam that are in a public text.
    """
    copied: set[int] = set()
    for run_start, run in enumerate(_runs_of_three([words for _, _, words in numbered])):
        if run is not None and run in runs:
            copied |= {number for number, _, _ in numbered[run_start : run_start + 3]}
    for number, line, words in numbered:
        if number in copied or words not in common:
            yield from _secrets_of_line(line, path, number)


def _lines(all_words: Iterable[str]) -> Lines:
    lines: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for words in all_words:
        lines[tuple(words.split(" ")[:LEAST_WORDS])].add(words)
    return lines


def _found(text: str, lines: Lines) -> Iterator[str]:
    """Give those of the lines that stand in a text; both are in their normal form."""
    words = text.split(" ")
    starts = zip(*(words[shift:] for shift in range(LEAST_WORDS)), strict=False)
    for place, start in enumerate(starts):
        for line in lines.get(start, ()):
            if words[place : place + line.count(" ") + 1] == line.split(" "):
                yield line


def _secrets_of_line(line: str, path: Path, number: int) -> Iterator[Secret]:
    if NOT_SECRET.search(line):
        return
    for part in _code_and_comment(line):
        words = _words(part)
        if _is_significant(words):
            yield Secret(words, part.strip(), path, number)


def _code_and_comment(line: str) -> list[str]:
    """Split a line at its comment mark; a mark inside quotation marks is none."""
    quote = ""
    for position, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'" and _opens_quote(line, position):
            quote = character
        elif character == "#":
            return [line[:position], line[position:].lstrip("# ")]
    return [line]


def _opens_quote(line: str, position: int) -> bool:
    # An apostrophe inside a word is prose, not the beginning of a string.
    return position == 0 or not line[position - 1].isalpha() or line[position - 1] in "rbfuRBFU"


def _words(text: str) -> str:
    # A formatter that breaks a line adds a comma before the closing bracket.
    return re.sub(r", (?=[)\]}])", "", " ".join(_WORD.findall(text)))


def _word_lines(text: str) -> list[str]:
    return [words for line in text.splitlines() if (words := _words(line))]


def _runs_of_three(lines: list[str]) -> list[Run | None]:
    """Give every three adjacent lines that say enough to be recognised, None for others."""
    return [
        run if all(_is_significant(words) for words in run) else None
        for run in zip(lines, lines[1:], lines[2:], strict=False)
    ]


def _is_significant(words: str) -> bool:
    return (
        len(words.split(" ")) >= LEAST_WORDS
        and len(words.replace(" ", "")) >= LEAST_CHARACTERS
        and not _IDIOM.match(words)
    )


def _public_texts(root: Path) -> Iterator[str]:
    for path in [*sorted((root / "src").rglob("*.py")), *lesson_sources(root)]:
        yield path.read_bytes().decode("utf-8")
    for path in lab_sources(root):
        yield "\n".join(cell.source for cell in release_source(path).cells)


class _Known(NamedTuple):
    """Secrets as a scan looks for them."""

    lines: Lines
    by_words: dict[str, Secret]


def _known(secrets: Iterable[Secret]) -> _Known:
    by_words = {secret.words: secret for secret in secrets}
    return _Known(_lines(by_words), by_words)


def _scan_bytes(name: str, content: bytes, secrets: _Known) -> Iterator[Leak]:
    if FORBIDDEN_PATHS.search(name.replace("!", "/")):
        yield Leak(name, "the whole file", "such files are for instructors only")
    members = _archive_members(name, content)
    if members is not None:
        for member, inner in members:
            yield from _scan_bytes(f"{name}!{member}", inner, secrets)
        return
    if b"\0" in content[:8192]:
        return
    for place, text in _texts(name, content):
        yield from _scan_text(place, text, secrets)


def _scan_text(place: str, text: str, secrets: _Known) -> Iterator[Leak]:
    words = _words(_LEADING_COMMENT_MARKS.sub("", text))
    for found in dict.fromkeys(_found(words, secrets.lines)):
        secret = secrets.by_words[found]
        yield Leak(place, secret.text, f"belongs to {secret.path.as_posix()}:{secret.line}")
    if ".ipynb" in place:
        for mark in MARKS:
            if f" BEGIN {mark} " in f" {words} ":
                yield Leak(place, f"BEGIN {mark}", "the notebook was not released")


def _texts(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Give the readable parts of a file with their places; cells count from 1."""
    text = content.decode("utf-8", errors="replace")
    if name.endswith(_JSON):
        try:
            data = json.loads(text)
        except ValueError:
            yield name, text
            return
        cells = data.get("cells") if isinstance(data, dict) else None
        if isinstance(cells, list):
            for number, cell in enumerate(cells, 1):
                yield f"{name}, cell {number}", "\n".join(_strings(cell))
            data = {key: value for key, value in data.items() if key != "cells"}
        yield name, "\n".join(_strings(data))
    else:
        yield name, text
        if name.endswith((".html", ".svg")):
            yield name, _plain(text)


def _strings(data: Any) -> Iterator[str]:
    """Give every text in a JSON value; lists of lines are joined, HTML also without its tags."""
    if isinstance(data, str):
        yield data
        if "<" in data or "&" in data:
            yield _plain(data)
    elif isinstance(data, list):
        if data and all(isinstance(item, str) for item in data):
            yield from _strings("".join(data))
        else:
            for item in data:
                yield from _strings(item)
    elif isinstance(data, dict):
        for item in data.values():
            yield from _strings(item)


def _plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def _archive_members(name: str, content: bytes) -> list[tuple[str, bytes]] | None:
    """Unpack an archive in memory; None if the file is none."""
    try:
        if name.endswith((".whl", ".zip")):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                files = [item for item in archive.namelist() if not item.endswith("/")]
                return [(item, archive.read(item)) for item in files]
        if name.endswith((".tar.gz", ".tgz", ".tar")):
            with tarfile.open(fileobj=io.BytesIO(content)) as tar:
                streams = [(entry.name, tar.extractfile(entry)) for entry in tar]
                return [(item, stream.read()) for item, stream in streams if stream is not None]
    except (zipfile.BadZipFile, tarfile.TarError, OSError) as error:
        raise LeakError(f"{name}: cannot be unpacked ({error}). Build it again.") from error
    return None
