"""Links and special files in the submitted folder that point to what the learner must not see."""

import os

from attacks.submission import ASSIGNMENT, Submission, attack


@attack()
def notebook_is_a_link_to_a_neighbour(work: Submission) -> None:
    """Hands in a symbolic link to another learner's notebook."""
    neighbour = work.place.course / "submitted" / "aa-solved" / ASSIGNMENT / work.path.name
    work.path.symlink_to(neighbour)


@attack()
def notebook_is_a_link_to_the_solution(work: Submission) -> None:
    """Hands in a symbolic link to the instructor's source."""
    work.path.symlink_to(work.place.course / "source" / ASSIGNMENT / work.path.name)


@attack()
def notebook_is_a_hard_link(work: Submission) -> None:
    """Hands in a hard link to another learner's notebook, as far as the system allows it."""
    neighbour = work.place.course / "submitted" / "aa-solved" / ASSIGNMENT / work.path.name
    os.link(neighbour, work.path)


@attack()
def data_file_is_a_link(work: Submission) -> None:
    """Hands in links to the exams' key and the home, and prints what they lead to."""
    for name, target in (
        ("key.txt", work.place.course / "exams" / "course.key"),
        ("home.txt", work.place.home / ".ssh" / "id_ed25519"),
        ("up", work.place.course),
    ):
        (work.folder / name).symlink_to(target)
    work.answer(
        "tax",
        """
import glob
for name in ["key.txt", "home.txt", *glob.glob("up/submitted/*/*/*.ipynb")]:
    try:
        text = open(name).read()
    except OSError as problem:
        text = str(problem)
    print(name, text[text.find("secret-of"):][:60])
""",
    )


@attack()
def link_swallows_a_written_file(work: Submission) -> None:
    """Hands in a link where grading writes, so that writing changes a file of the course."""
    for name in ("timestamp.txt", "out.txt", "seen.json"):
        (work.folder / name).symlink_to(work.place.course / "exams" / "course.key")
    work.answer("tax", 'open("out.txt", "w").write("overwritten")')


@attack()
def endless_link(work: Submission) -> None:
    """Hands in links that point to themselves and to their own folder."""
    (work.folder / "self").symlink_to(work.folder / "self")
    (work.folder / "loop").symlink_to(work.folder)


@attack()
def notebook_is_a_pipe(work: Submission) -> None:
    """Hands in a named pipe as the notebook, on which a reader waits for ever."""
    os.mkfifo(work.path)


@attack()
def data_file_is_a_pipe(work: Submission) -> None:
    """Hands in a named pipe beside the notebook, on which a copy waits for ever."""
    os.mkfifo(work.folder / "data.csv")


@attack()
def notebook_is_a_device(work: Submission) -> None:
    """Hands in a link to a device without an end as the notebook."""
    work.path.symlink_to("/dev/zero")


@attack()
def notebook_is_a_folder(work: Submission) -> None:
    """Hands in a folder under the notebook's name."""
    work.path.mkdir()


@attack()
def unreadable_notebook(work: Submission) -> None:
    """Hands in a notebook that nobody may read."""
    work.save()
    work.path.chmod(0)
