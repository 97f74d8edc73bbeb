"""The time of a submission is the receiving side's, and no learner can set it back."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from traitlets.config import Config

from labkit.errors import CourseError
from labkit.grading import receipts
from labkit.grading.collect import StampedZipCollector
from labkit.grading.receipts import (
    ReceivedAt,
    StampedCollect,
    last_change,
    read,
    receipts_path,
    record,
)

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "receipts.csv"


# ---------------------------------------------------------------------------------- the file


def test_receipts_lie_beside_the_gradebook():
    assert receipts_path("sqlite:////course/grader/gradebook.db") == Path(
        "/course/grader/receipts.csv"
    )
    assert receipts_path("sqlite:///gradebook.db", "/course") == Path("/course/receipts.csv")
    assert receipts_path("postgresql://host/db", "/course") == Path("/course/receipts.csv")


def test_the_last_line_for_a_learner_and_assignment_holds(path: Path):
    record(path, "ps1", "ada", NOON, "exchange")
    record(path, "ps2", "ada", NOON, "exchange")
    record(path, "ps1", "ada", NOON + timedelta(hours=1), "told by mail")
    found = read(path)
    assert found["ps1", "ada"].received == NOON + timedelta(hours=1)
    assert found["ps1", "ada"].source == "told by mail"
    assert found["ps2", "ada"].received == NOON
    assert ("ps1", "bob") not in found


def test_times_are_kept_in_utc(path: Path):
    record(path, "ps1", "ada", NOON.astimezone(timezone(timedelta(hours=9))), "exchange")
    record(path, "ps1", "bob", NOON.replace(tzinfo=None), "exchange")
    assert {receipt.received for receipt in read(path).values()} == {NOON}
    assert "2026-02-03T12:00:00+00:00" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["=1+1", "+ada", "-ada", "@ada", "'ada", "'=ada", 'a,"b"', "é"])
def test_names_come_back_as_they_were_and_start_no_formula(path: Path, name: str):
    record(path, "ps1", name, NOON, "exchange")
    assert ("ps1", name) in read(path)
    line = path.read_text(encoding="utf-8").splitlines()[1]
    assert line.split(",")[1][0] not in "=+-@"


def test_a_torn_line_costs_no_other(path: Path, caplog):
    record(path, "ps1", "ada", NOON, "exchange")
    with path.open("a", encoding="utf-8") as stream:
        stream.write("ps1,bob,2026-02")
    record(path, "ps1", "cyd", NOON, "exchange")
    assert set(read(path)) == {("ps1", "ada"), ("ps1", "cyd")}
    assert "line 3 is no receipt" in caplog.text


def test_no_file_means_no_receipts(path: Path):
    assert read(path) == {}


def test_a_file_that_cannot_be_written_is_named(path: Path):
    path.mkdir()
    with pytest.raises(CourseError, match=r"receipt of ada .*receipts\.csv"):
        record(path, "ps1", "ada", NOON, "exchange")


# ------------------------------------------------------------------------------ the gradebook


@pytest.fixture
def resources(db: str) -> dict:
    with Gradebook(db) as gradebook:
        gradebook.add_assignment("ps1", duedate=NOON.replace(tzinfo=None))
        gradebook.add_student("ada")
        gradebook.add_submission("ps1", "ada", timestamp=datetime(2020, 1, 1))
    return {"nbgrader": {"db_url": db, "assignment": "ps1", "student": "ada", "notebook": "p1"}}


def seconds_late(resources: dict, **options: bool) -> float:
    ReceivedAt(**options).preprocess(new_notebook(), resources)
    with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
        return gradebook.find_submission("ps1", "ada").total_seconds_late


def set_claim(resources: dict, when: datetime) -> None:
    with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
        gradebook.update_or_create_submission("ps1", "ada", timestamp=when)


def test_a_receipt_counts_against_the_learners_own_time(resources: dict, path: Path):
    record(path, "ps1", "ada", NOON + timedelta(hours=1), "exchange")
    assert seconds_late(resources) == 3600
    assert seconds_late(resources, believe_learners=True) == 3600


def test_without_a_receipt_nobody_is_late_and_the_log_says_so(resources: dict, caplog):
    set_claim(resources, datetime(2027, 1, 1))
    with caplog.at_level(logging.INFO):
        assert seconds_late(resources) == 0
    assert "No receipt of ada's ps1: not late" in caplog.text
    assert "2027-01-01 00:00:00 UTC and is not believed" in caplog.text


def test_an_instructor_may_believe_learners(resources: dict):
    set_claim(resources, datetime(2026, 2, 3, 12, 0, 5))
    assert seconds_late(resources, believe_learners=True) == 5


# ------------------------------------------------------------------------------- the exchange


@pytest.fixture
def course(tmp_path: Path, db: str, monkeypatch) -> SimpleNamespace:
    """A course with an exchange, the learners ada and bob, and nothing collected yet."""
    monkeypatch.chdir(tmp_path)
    inbound = tmp_path / "exchange" / "c1" / "inbound"
    inbound.mkdir(parents=True)
    with Gradebook(db, "c1") as gradebook:
        gradebook.add_assignment("ps1")
        gradebook.add_student("ada")
        gradebook.add_student("bob")
    config = Config()
    config.Exchange.root = str(tmp_path / "exchange")
    config.Exchange.check_owner = False
    config.ExchangeCollect.check_owner = False
    config.ExchangeFactory.collect = StampedCollect
    coursedir = CourseDirectory(
        root=str(tmp_path), db_url=db, course_id="c1", assignment_id="ps1", student_id="*"
    )
    return SimpleNamespace(inbound=inbound, config=config, coursedir=coursedir, root=tmp_path)


def hand_in(course: SimpleNamespace, name: str) -> Path:
    folder = course.inbound / name
    folder.mkdir()
    (folder / "p1.ipynb").write_text("{}", encoding="utf-8")
    (folder / "timestamp.txt").write_text("2020-01-01 00:00:00 UTC", encoding="utf-8")
    return folder


def collect(course: SimpleNamespace) -> dict[str, datetime]:
    """Collect; return the times of the receipts by learner."""
    factory = ExchangeFactory(config=course.config)
    factory.Collect(coursedir=course.coursedir, parent=factory, config=course.config).start()
    return {
        student: line.received for (_, student), line in read(course.root / "receipts.csv").items()
    }


def test_collecting_records_the_systems_time(course: SimpleNamespace):
    before = datetime.now(UTC) - timedelta(seconds=5)
    folder = hand_in(course, "ada+ps1+2020-01-01 00:00:00 UTC")
    for name in (folder / "p1.ipynb", folder):
        os.utime(name, (0, 0))
    assert collect(course)["ada"] > before
    assert (course.root / "submitted" / "ada" / "ps1" / "p1.ipynb").is_file()


def test_a_file_that_was_changed_after_the_folder_counts(tmp_path: Path):
    folder = tmp_path / "handed in"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "a").touch()
    before = last_change(folder)
    while last_change(folder) == before:
        (folder / "data" / "a").write_text("more", encoding="utf-8")
    assert last_change(folder) > before


def test_collecting_again_keeps_the_receipt(course: SimpleNamespace):
    hand_in(course, "ada+ps1+2020-01-01 00:00:00 UTC")
    first = collect(course)
    assert collect(course) == first


def test_links_in_the_exchange_are_not_followed(course: SimpleNamespace):
    folder = hand_in(course, "ada+ps1+2020-01-01 00:00:00 UTC")
    (folder / "db").symlink_to(course.root / "gradebook.db")
    (course.inbound / "bob+ps1+2020-01-01 00:00:00 UTC").symlink_to(folder)
    assert set(collect(course)) == {"ada"}
    got = {path.name for path in (course.root / "submitted" / "ada" / "ps1").iterdir()}
    assert got == {"p1.ipynb", "timestamp.txt", "set_aside.txt"}
    assert not (course.root / "submitted" / "bob").exists()


def test_odd_names_in_the_exchange_stop_nobody(course: SimpleNamespace):
    for name in ("ada+ps1+whenever", "..+ps1+2030-01-01 00:00:00 UTC", "bob+ps1+"):
        hand_in(course, name)
    hand_in(course, "ada+ps1+2020-01-01 00:00:00 UTC")
    assert set(collect(course)) == {"ada"}


def test_one_learner_cannot_hand_in_for_another(course: SimpleNamespace, monkeypatch):
    course.config.ExchangeCollect.check_owner = True
    monkeypatch.setattr(receipts.pwd, "getpwuid", lambda uid: SimpleNamespace(pw_name="bob"))
    hand_in(course, "ada+ps1+2030-01-01 00:00:00 UTC")
    hand_in(course, "bob+ps1+2020-01-01 00:00:00 UTC")
    assert set(collect(course)) == {"bob"}


def test_nobody_hands_in_for_a_learner_with_an_account_here(course: SimpleNamespace, monkeypatch):
    course.config.ExchangeCollect.check_owner = True
    monkeypatch.setattr(receipts.pwd, "getpwuid", lambda uid: SimpleNamespace(pw_name="mallory"))
    monkeypatch.setattr(receipts.pwd, "getpwnam", {"ada": 1}.__getitem__)
    hand_in(course, "ada+ps1+2030-01-01 00:00:00 UTC")
    assert collect(course) == {}


def test_a_shared_account_may_hand_in_for_its_learners(course: SimpleNamespace, monkeypatch):
    course.config.ExchangeCollect.check_owner = True
    monkeypatch.setattr(receipts.pwd, "getpwuid", lambda uid: SimpleNamespace(pw_name="jovyan"))
    hand_in(course, "ada+ps1+2020-01-01 00:00:00 UTC")
    assert set(collect(course)) == {"ada"}


# --------------------------------------------------------------------------------- the archive


@pytest.fixture
def collector(tmp_path: Path, db: str) -> StampedZipCollector:
    pattern = r".*/(?P<student_id>.+)_attempt_(?P<timestamp>[0-9T:-]+)_(?P<file_id>.+)"
    coursedir = CourseDirectory(root=str(tmp_path), db_url=db, assignment_id="ps1")
    return StampedZipCollector(named_regexp=pattern, parent=Autograde(coursedir=coursedir))


def test_the_latest_time_in_file_names_is_recorded(collector: StampedZipCollector, path: Path):
    for hour in ("12:00", "14:00", "13:00"):
        assert collector.collect(f"/x/ada_attempt_2026-02-03T{hour}_p1.ipynb")
    assert read(path)["ps1", "ada"].received == NOON + timedelta(hours=2)


def test_names_without_a_time_leave_no_receipt(collector: StampedZipCollector, path: Path):
    collector.named_regexp = r".*/(?P<student_id>\w+)-(?P<file_id>.+)"
    assert collector.collect("/x/ada-p1.ipynb")["student_id"] == "ada"
    collector.named_regexp = r".*/(?P<student_id>\w+)-(?P<timestamp>\w+)-(?P<file_id>.+)"
    assert "timestamp" not in collector.collect("/x/ada-later-p2.ipynb")
    assert read(path) == {}


def test_a_second_file_of_one_name_without_a_time_stops_nobody(collector: StampedZipCollector):
    collector.named_regexp = r"/x/(?P<student_id>\w+)/(?:.*/)?(?P<file_id>[^/]+)"
    assert collector.collect("/x/ada/a/p1.ipynb")
    assert collector.collect("/x/ada/b/p1.ipynb") is None
    assert collector.collect("/x/bob/a/p1.ipynb")


def test_of_files_that_a_platform_numbers_the_last_one_counts(
    collector: StampedZipCollector, tmp_path: Path
):
    """Canvas puts a number behind the name of a file that is handed in again."""
    released = tmp_path / "release" / "ps1"
    released.mkdir(parents=True)
    for name in ("p1", "part-2"):
        (released / f"{name}.ipynb").touch()
    collector.named_regexp = r".*/(?P<student_id>[a-z]+)_\d+_\d+_(?P<file_id>.+)\.ipynb"
    folder = tmp_path / "download"
    folder.mkdir()
    files = ("ada_7_31_p1-2", "ada_7_32_p1-10", "ada_7_9_p1", "bob_8_40_p1-1", "bob_8_41_part-2")
    for name in files:
        (folder / f"{name}.ipynb").touch()
    found = {name: collector.collect(str(folder / f"{name}.ipynb")) for name in sorted(files)}
    assert {name: said["file_id"] for name, said in found.items() if said} == {
        "ada_7_32_p1-10": "p1",
        "bob_8_40_p1-1": "p1",
        "bob_8_41_part-2": "part-2",
    }


def test_a_zip_whose_name_claims_no_time_is_collected_without_one(collector: StampedZipCollector):
    path = "/x/ada+ps1+20269999T999999Z+000000000000/p1.ipynb"
    assert collector.collect(path) == {"student_id": "ada", "file_id": "p1.ipynb"}


def test_where_the_platform_tells_whose_a_zip_is_its_own_name_does_not(
    collector: StampedZipCollector,
):
    zipped = "mallory+ps1+20260203T120000Z+000000000000"
    path = f"/x/download/Ada Lovelace_12_assignsubmission_file/{zipped}/p1.ipynb"
    pattern = r".*/(?P<student_id>[^/]+?)_\d+_assignsubmission_file[^/]*/(?:.*/)?(?P<file_id>[^/]+)"
    assert collector.collect(path.replace("mallory", "ada"))["student_id"] == "ada"
    collector.named_regexp = pattern
    assert collector.collect(path)["student_id"] == "Ada Lovelace"


@pytest.mark.parametrize("name", ["..", ".", "a\nb"])
def test_names_that_lead_elsewhere_are_passed_over(collector: StampedZipCollector, name: str):
    assert collector.collect(f"/x/{name}_attempt_2026-02-03_p1.ipynb") is None
    collector.named_regexp = r"/x/(?P<student_id>\w+)-(?P<file_id>.+)"
    assert collector.collect("/x/ada-../../bob/ps1/p1.ipynb") is None
