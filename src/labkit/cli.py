"""The `labkit` command: what learners, authors and instructors type."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from labkit.errors import CourseError

app = typer.Typer(
    name="labkit",
    help="Learn, write and grade the labs of the course.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

credential = typer.Typer(help="Give, check and withdraw records of skills.", no_args_is_help=True)
app.add_typer(credential, name="credential")

Assignment = Annotated[str, typer.Argument(help="A lab, named like 08_rl_supply_chain.")]


@app.command()
def lab(
    port: Annotated[int, typer.Option(help="Port on this computer; 0 takes a free one.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the home page in a browser.")] = True,
    instructor: Annotated[
        bool,
        typer.Option("--instructor", help="Serve the course's own folder, with nbgrader's menus."),
    ] = False,
) -> None:
    """Open JupyterLab on the course's home page."""
    from labkit.desk.serve import serve_instructor, serve_lab

    serve = serve_instructor if instructor else serve_lab
    raise typer.Exit(serve(_root(), port=port, open_browser=browser))


@app.command()
def build(
    check: Annotated[bool, typer.Option(help="Change nothing; fail if anything is stale.")] = False,
    force: Annotated[bool, typer.Option(help="Discard edits made to built notebooks.")] = False,
) -> None:
    """Build the notebooks, the home page and the README's table from their sources."""
    from labkit.authoring.build import build as build_course
    from labkit.authoring.lint import lint_course

    root = _root()
    problems = lint_course(root)
    if check and not problems:
        from labkit.authoring.contract import lint_contracts

        problems = lint_contracts(root)
    for problem in problems:
        typer.echo(str(problem), err=True)
    if problems:
        _fail(f"{len(problems)} problems; mend them and build again.")
    changed = build_course(root, check=check, force=force)
    for path in changed:
        typer.echo(f"{'stale' if check else 'written'}: {path.relative_to(root)}")
    if check and changed:
        _fail("Run `labkit build` and commit what it writes.")
    typer.echo(f"{'Checked' if check else 'Built'}: all notebooks fit their sources.")


@app.command()
def release(
    to: Annotated[Path, typer.Option(help="The learner's folder; made if it is not there.")],
    released: Annotated[
        Path | None,
        typer.Option("--from", help="A folder released before; the course is not needed then."),
    ] = None,
) -> None:
    """Put home page, lessons and labs without solutions into a folder for learners.

    What a learner changed there is never overwritten.
    """
    if released:
        from labkit.authoring.handout import hand_out

        report = hand_out(released, to)
    else:
        from labkit.authoring.workbook import release_workbook

        report = release_workbook(_root(), to)
    typer.echo(str(report))


@app.command()
def site(
    run: Annotated[
        list[str] | None,
        typer.Option(help="Run only this lesson, show others without results; may be repeated."),
    ] = None,
) -> None:
    """Make the reading site of all lessons, with their results, in build/site/html.

    A lesson that has not changed since is not run again.
    """
    from labkit.authoring.site import build_site

    first = build_site(_root(), run, typer.echo)
    typer.echo(f"The site is made. Open {first.as_uri()}")


@app.command()
def port(
    source: Annotated[Path, typer.Argument(help="The .py source beside the edited notebook.")],
) -> None:
    """Carry an edit made in JupyterLab back into a notebook's text source."""
    from labkit.authoring.port import port as port_back

    changed = port_back(source)
    typer.echo(f"{'Ported into' if changed else 'Nothing to port into'} {source}")


@app.command()
def practice(assignment: Assignment) -> None:
    """Draw a lab's practice instances anew from its exams."""
    from labkit.authoring.practice import write_practice
    from labkit.authoring.verify import spec

    typer.echo(f"written: {write_practice(_root(), spec(assignment))}")


@app.command()
def verify(
    assignment: Assignment,
    seeds: Annotated[int, typer.Option(min=1, help="Exams a task.")] = 20,
    task: Annotated[list[str] | None, typer.Option(help="Only this task; may be repeated.")] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Only answers, reference, practice, mutants, unskilled, memory, types or wheel; "
            "may be repeated."
        ),
    ] = None,
    sample: Annotated[
        int, typer.Option(min=0, help="Try so many mutants and guesses a task; 0 tries all.")
    ] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Processes side by side.")] = 1,
    record: Annotated[
        bool, typer.Option("--record", help="Measure the cost too, and keep it beside the answers.")
    ] = False,
) -> None:
    """Prove that a lab's checks accept right answers, refuse wrong ones and pay no guess."""
    from labkit.authoring.cost import measure
    from labkit.authoring.verify import HEADER, groups, run, summary
    from labkit.authoring.verify.proof import write

    if record and (only or sample):
        _fail("Only a whole proof is recorded: leave out --only and --sample.")
    listed = groups(_root(), assignment, seeds, task or (), only or (), sample)
    # Before the trials: a process that holds what they kept would count it as the task's memory.
    costs = list(measure(_root(), assignment, task or ())) if record else []
    results = []
    with typer.progressbar(run(listed, workers), length=len(listed), label=assignment) as bar:
        for of_group in bar:
            results += of_group
            for result in of_group:
                if result.fault:
                    typer.echo(f"{result.title}: {result.fault}", err=True)
    rows = [HEADER, *summary(results)]
    widths = [max(map(len, column)) + 2 for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo("".join(cells).rstrip())
    faults = sum(bool(result.fault) for result in results)
    if faults:
        _fail(f"{faults} of {len(results)} trials did not show what they must.")
    typer.echo(f"Proven on {seeds} seeds: {len(results)} trials.")
    if record:
        typer.echo(f"written: {write(_root(), assignment, seeds, results, costs)}")


@app.command()
def redteam(
    assignment: Assignment,
    answers: Annotated[Path, typer.Argument(help="A folder of files task.py, each with tables.")],
    seeds: Annotated[int, typer.Option(min=1, help="Exams a task.")] = 4,
    task: Annotated[list[str] | None, typer.Option(help="Only this task; may be repeated.")] = None,
) -> None:
    """Judge answers by people who saw the released notebook alone."""
    from itertools import groupby

    from labkit.authoring.verify.redteam import redteam as judged
    from labkit.authoring.verify.redteam import tally

    verdicts = judged(_root(), assignment, answers, seeds, task or ())
    surprises = 0
    for name, of_task in groupby(verdicts, key=lambda one: one.task):
        own = list(of_task)
        typer.echo(f"{name}: {tally(own)}")
        for one in own:
            if one.surprise:
                surprises += 1
                scores = ", ".join(f"{score:.2g}" for score in one.scores)
                typer.echo(f"  {one.kind} {one.name!r} earns {scores}; {one.surprise}")
    if surprises:
        _fail(f"{surprises} answers are not judged as their authors have it; read each of them.")


@app.command()
def cost(assignment: Assignment) -> None:
    """Measure what grading a submission of a lab costs, in CPU time and memory."""
    from labkit.authoring.cost import figures, measure, over_budget

    header = ("task", "draw s", "reference s", "judge s", "untouched s", "MB")
    typer.echo("".join(name.ljust(20 if not place else 13) for place, name in enumerate(header)))
    costs = []
    for one in measure(_root(), assignment):
        costs.append(one)
        numbers = (one.draw, one.reference, one.judge, one.untouched)
        cells = [f"{number:.2f}".ljust(13) for number in numbers]
        typer.echo(f"{one.task:20}{''.join(cells)}{one.memory:.0f}")
    total = figures(costs)
    typer.echo(
        f"A solved submission takes {total['solved']:g} s of CPU, an untouched one "
        f"{total['untouched']:g} s, the largest task {total['memory']:g} MB."
    )
    if dear := over_budget(total):
        _fail(" ".join(dear))


@app.command()
def grade(
    assignment: Assignment,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Submissions run side by side; by default one a processor."),
    ] = None,
    only: Annotated[str, typer.Option(help="Grade these learners alone, like ada,bob.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Grade again what is unchanged.")] = False,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Run submissions on the Dask cluster at this address, tcp://host:8786."),
    ] = None,
    unsafe: Annotated[
        bool,
        typer.Option("--unsafe", help="Run learners' code without a sandbox, with your rights."),
    ] = False,
    feedback: Annotated[bool, typer.Option(help="Write the pages for learners too.")] = True,
    changes: Annotated[
        Path | None, typer.Option(help="Write marks that this run changed into this CSV file.")
    ] = None,
) -> None:
    """Grade what was handed in, and write it to the gradebook.

    What is graded and has not changed is left as it is, so a run that was stopped goes on where
    it was. A lab that was never released is entered into the gradebook first.
    """
    from labkit.grading.startup import likely_modules, spare_slow_imports

    root = _graded_root()
    spare_slow_imports()
    if not (unsafe or scheduler):
        from labkit.grading.sandbox.client import begin

        begin(likely_modules(root, assignment))
    from labkit.grading.engine import Ending, Options, enter, summary
    from labkit.grading.engine import grade as grade_cohort

    enter(root, assignment)
    if not (unsafe or scheduler):
        from labkit.grading.engine import check as look_over
        from labkit.grading.preflight import summary as looked_over

        found = look_over(root, assignment, again=False)
        if found:
            for line in looked_over(assignment, found):
                typer.echo(line)
    if due := _due(root, assignment):
        from labkit.grading.due import set_due

        set_due(root, assignment, due)
    names = [name.strip() for name in only.split(",") if name.strip()]
    options = Options(workers, names, force, scheduler, unsafe, feedback)
    quiet = not sys.stderr.isatty()
    with typer.progressbar(
        length=1, label=assignment, show_pos=True, hidden=quiet, file=sys.stderr
    ) as bar:

        def show(total: int, outcome: Ending) -> None:
            bar.length = total
            bar.update(1)
            if quiet:  # a pipe or a file: a line each, in place of a bar
                typer.echo(f"{bar.pos} of {total}: {ascii(outcome.student)}", err=True)

        try:
            report = grade_cohort(root, assignment, options, show)
        except KeyboardInterrupt:
            typer.echo(err=True)
            _fail("Stopped. What was graded stays; the same command goes on from there.")
    for line in summary(report):
        typer.echo(line)
    if changes is not None:
        from labkit.files import write_atomically
        from labkit.grading.changes import table

        write_atomically(changes, table(assignment, report.changes))
        typer.echo(f"written: {changes}")
    if report.students("failed"):
        _fail("Not all could be graded; run the same command again to try the rest once more.")


@app.command()
def check(assignment: Assignment) -> None:
    """Grade the solution and the untouched release, and list tests that cannot be trusted.

    Each is run as learners are graded and in one kernel, as nbgrader does it. Run it before the
    first learner is graded; `labkit grade` does so once for each version of an assignment.
    """
    from labkit.grading.sandbox.client import begin
    from labkit.grading.startup import likely_modules, spare_slow_imports

    root = _graded_root()
    spare_slow_imports()
    begin(likely_modules(root, assignment))
    from labkit.grading.engine import check as look_over
    from labkit.grading.engine import enter
    from labkit.grading.preflight import summary

    enter(root, assignment)
    found = look_over(root, assignment)
    for line in summary(assignment, found):
        typer.echo(line)
    if found:
        raise typer.Exit(1)


@app.command("sample-cohort")
def sample_cohort(
    assignment: Annotated[str, typer.Argument(help="A lab, named like 08_rl_supply_chain.")] = "",
    labs: Annotated[str, typer.Option(help="Several labs, parted by commas, or all.")] = "",
    learners: Annotated[
        int, typer.Option(min=0, help="A whole cohort of so many instead of a few.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="The same seed makes the same cohort.")] = 0,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take it away again, with all that grading made of it.")
    ] = False,
    traps: Annotated[
        bool, typer.Option("--traps", help="Add learners who walk into every known trap.")
    ] = False,
) -> None:
    """Put synthetic submissions where nbgrader looks for them: a few, or a whole cohort.

    Some are late where course/course.yml says when the lab is due.
    """
    root = _root()
    chosen = _chosen_labs(root, assignment, labs)
    for name in chosen:
        if remove:
            from labkit.grading.samples import remove_samples

            for learner in remove_samples(root, name):
                typer.echo(f"removed: {learner}")
        elif learners:
            _write_learners(root, name, learners, seed)
        else:
            _write_few(root, name, traps)


def _chosen_labs(root: Path, assignment: str, labs: str) -> list[str]:
    if bool(assignment) == bool(labs):
        _fail("Name a lab, or several with --labs.")
    if labs != "all":
        return [assignment] if assignment else [name.strip() for name in labs.split(",")]
    from labkit.authoring.catalog import load_catalog

    return [module.name for module in load_catalog(root).modules if module.available]


def _write_learners(root: Path, assignment: str, number: int, seed: int) -> None:
    from labkit.authoring.cohort import write_learners
    from labkit.grading.due import record_receipts

    due = _due(root, assignment)
    lines, times = write_learners(
        root, assignment, number, seed, due or datetime.now().astimezone()
    )
    record_receipts(root, assignment, times if due else {})
    late = sum(when > due for when in times.values()) if due else 0
    typer.echo(f"{assignment}: {len(lines)} of {number} handed in, {late} of them late.")


def _write_few(root: Path, assignment: str, traps: bool) -> None:
    from labkit.authoring.cohort import LATE, write_cohort, write_trapped

    lines = write_cohort(root, assignment)
    for line in [*lines, *(write_trapped(root, assignment) if traps else ())]:
        typer.echo(line)
    if due := _due(root, assignment):
        from datetime import timedelta

        from labkit.grading.due import record_receipts

        record_receipts(root, assignment, {LATE: due + timedelta(days=1)})
    else:
        typer.echo(f"{LATE} is not late: {assignment} has no `due:` in course/course.yml.")


@app.command()
def roster(
    table: Annotated[
        Path | None, typer.Argument(help="A CSV file of learners to enter into the gradebook.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Write everybody into this CSV file.")] = None,
) -> None:
    """Enter learners with names, mail, group and platform identity, or write them into a table."""
    from labkit.files import write_atomically
    from labkit.grading.roster import current_roster, read_roster, render_roster

    root = _graded_root()
    if table is not None:
        rows = read_roster(root, table)
        typer.echo(f"{len(rows)} learners are in the gradebook as {table} has them.")
    if to is not None or table is None:
        content = render_roster(current_roster(root))
        if to is None:
            typer.echo(content.decode("utf-8"), nl=False)
        else:
            write_atomically(to, content)
            typer.echo(f"written: {to}")


@app.command()
def report(
    to: Annotated[Path | None, typer.Option(help="A folder; by default grader/report.")] = None,
    learner: Annotated[str, typer.Option(help="Only this learner, without the others.")] = "",
    progress: Annotated[
        Path | None, typer.Option(help="A folder of progress files that learners gave.")
    ] = None,
) -> None:
    """Write how the cohort stands, as a page, as tables and as JSON; the gradebook stays as it is.

    With --learner it is the page of one learner, and nobody else is in it.
    """
    from labkit.cohort.gather import gather
    from labkit.cohort.write import write_report

    root = _graded_root()
    cohort = gather(root, progress)
    for path in write_report(cohort, to or root / "grader" / "report", learner):
        typer.echo(f"written: {path}")


@app.command()
def similar(
    to: Annotated[Path | None, typer.Option(help="A folder; by default grader/report.")] = None,
) -> None:
    """Show work that is more alike than independent work is, both sides, and accuse nobody."""
    from labkit.cohort.gather import gather
    from labkit.cohort.similar_page import write_findings
    from labkit.cohort.similarity import find

    root = _graded_root()
    cohort = gather(root)
    findings = find(root, cohort)
    for path in write_findings(cohort, findings, to or root / "grader" / "report"):
        typer.echo(f"written: {path}")
    typer.echo(f"Pairs to look at: {len(findings.pairs)}.")


@app.command()
def replay(
    learner: Annotated[str, typer.Argument(help="A learner in the gradebook.")],
    task: Annotated[str, typer.Argument(help="The task's name.")],
    lab: Annotated[str, typer.Option(help="The lab, where several have such a task.")] = "",
    pack: Annotated[
        Path | None, typer.Option(help="Write a notebook for the learner to run.")
    ] = None,
) -> None:
    """Run a check again on a learner's work, on the same instance, and show where it fails."""
    from labkit.cohort.replay import lines, packed
    from labkit.cohort.replay import replay as run_again
    from labkit.files import write_atomically

    found = run_again(_graded_root(), learner, task, lab)
    for line in lines(found):
        typer.echo(line)
    if pack is not None:
        write_atomically(pack, packed(found))
        typer.echo(f"written: {pack}")
        typer.echo("It holds the exam's instance: give it away once nobody can hand in any more.")


@app.command()
def pair(
    lab: Annotated[str, typer.Argument(help="The lab.")],
    essay: Annotated[str, typer.Argument(help="Its essay's name.")] = "memo",
    reviews: Annotated[int, typer.Option(help="Essays that each learner reads.")] = 2,
    seed: Annotated[int, typer.Option(help="Decides who reads whose.")] = 0,
    to: Annotated[
        Path | None, typer.Option(help="A folder for the forms; by default grader/reviews/LAB.")
    ] = None,
) -> None:
    """Let learners review each other: a form for each who handed an essay in, without names."""
    from labkit.cohort.pairing import write_forms

    root = _graded_root()
    folder = to or root / "grader" / "reviews" / lab
    written = write_forms(root, lab, essay, reviews, seed, folder)
    typer.echo(f"written: {len(written) - 1} forms and {written[-1]}")


@app.command()
def submit(
    lab: Annotated[
        str,
        typer.Argument(help="A lab, or the path of its notebook; by default this folder's."),
    ] = "",
    validate: Annotated[bool, typer.Option(help="Run the notebook from the top first.")] = True,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Hand in the file as it is, whatever is odd about it.")
    ] = False,
    learner: Annotated[str, typer.Option(help="Your name, as your instructor knows it.")] = "",
    to: Annotated[Path | None, typer.Option(help="A folder for the zip.")] = None,
    verify: Annotated[
        Path | None, typer.Option(help="Hand in nothing; say whether this zip fits its receipt.")
    ] = None,
) -> None:
    """Hand in a lab: look it over, run it from the top, and pass it on with a receipt.

    It goes to nbgrader's exchange where there is one, else into a zip in `handed_in/`.
    """
    if verify is not None:
        _verify_zip(verify)
        return
    from labkit.desk.handing_in import Wishes, from_terminal

    try:
        from_terminal(lab, Wishes(validate, anyway, learner, to))
    except KeyboardInterrupt:
        _fail("Stopped. Nothing was handed in.")


def _verify_zip(path: Path) -> None:
    from labkit.desk.receipt import verify

    try:
        verdict = verify(path)
    except OSError as problem:
        _fail(f"{path} cannot be opened: {problem.strerror}.")
    for fault in verdict.faults:
        typer.echo(fault, err=True)
    if verdict.faults:
        _fail(f"{path.name} does not fit its receipt. Hand in again.")
    said = verdict.receipt
    typer.echo(
        f"{path.name} fits its receipt {said['id']}: {said['learner']}, {said['lab']}, "
        f"{said['when']}. A receipt is the word of whoever wrote it."
    )


@credential.command()
def issue(
    learner: Annotated[str, typer.Argument(help="A learner in the gradebook.")],
    assignment: Assignment,
    share: Annotated[float, typer.Option(min=0, max=1, help="Points to be reached.")] = 0.6,
    days: Annotated[int, typer.Option(min=1, help="How long the record holds.")] = 730,
    token: Annotated[
        bool, typer.Option("--token", help="A signed token too, for platforms that ask for one.")
    ] = False,
    to: Annotated[Path | None, typer.Option(help="The file; by default in grader/records.")] = None,
) -> None:
    """Give a learner the signed record of a lab, and a page that shows it."""
    from labkit.cohort.certificate import certificate_page
    from labkit.cohort.certify import as_token, render
    from labkit.cohort.certify import issue as issue_record
    from labkit.cohort.gather import gather
    from labkit.cohort.write import folder_name
    from labkit.files import write_atomically

    root = _graded_root()
    cohort = gather(root)
    record = issue_record(root, cohort, learner, assignment, share, days)
    path = to or root / "grader" / "records" / folder_name(learner) / f"{assignment}.json"
    name = next(one.name for one in cohort.learners if one.id == learner) or learner
    files = {path: render(record), path.with_suffix(".html"): certificate_page(record, name)}
    thumbprint = ""
    if token:
        text, thumbprint = as_token(root, record)
        files[path.with_suffix(".jwt")] = text.encode("ascii")
    for file, content in files.items():
        write_atomically(file, content)
        typer.echo(f"written: {file}")
    if thumbprint:
        typer.echo(f"The token's key {thumbprint}.")
    typer.echo(f"The record {record['id']} of the issuer {record['issuer']['id']}.")


@credential.command("verify")
def verify_record(
    record: Annotated[Path, typer.Argument(help="The record's file.")],
    trust: Annotated[list[str], typer.Option(help="An issuer you trust; may be repeated.")],
    holder: Annotated[str, typer.Option(help="Mail address or name of whose it should be.")] = "",
    revoked: Annotated[
        Path | None, typer.Option(help="The issuer's list of withdrawn records.")
    ] = None,
) -> None:
    """Say whether a record is to be believed; no network is needed."""
    from datetime import UTC

    from labkit.credentials.record import verify as verdict_on

    try:
        content, listed = record.read_bytes(), revoked.read_bytes() if revoked else None
    except OSError as problem:
        _fail(f"{problem.filename} cannot be opened: {problem.strerror}.")
    verdict = verdict_on(content, trust, datetime.now(UTC), holder, listed)
    typer.echo(f"{verdict.kind}: {verdict.words}")
    if verdict.digest:
        typer.echo(f"Its digest, as the page's code has it: {verdict.digest}")
    if not verdict.valid:
        raise typer.Exit(1)


@credential.command("revoke")
def revoke_record(
    record: Annotated[str, typer.Argument(help="The record's id, urn:uuid:…")],
) -> None:
    """Withdraw a record: add it to the signed list that you give to whoever checks."""
    from labkit.cohort.certify import revoke

    typer.echo(f"written: {revoke(_graded_root(), record)}")


@app.command("new-lab")
def new_lab(
    assignment: Annotated[str, typer.Argument(help="The new lab's name, like 15_my_topic.")],
) -> None:
    """Write a small complete lab to start from."""
    from labkit.authoring.scaffold import new_lab as write_lab

    for path in write_lab(_root(), assignment):
        typer.echo(f"written: {path}")
    typer.echo(f"Next: `labkit build`, then `labkit verify {assignment}`.")


@app.command()
def doctor() -> None:
    """Tell whether this computer has what the course needs."""
    from labkit.doctor import diagnose, render

    findings = diagnose()
    typer.echo(render(findings))
    if any(finding.serious for finding in findings):
        raise typer.Exit(1)


def main() -> None:
    """Run the command; a trouble that can be mended is told in a sentence, without a traceback."""
    try:
        app()
    except CourseError as trouble:
        typer.echo(f"labkit: {trouble}", err=True)
        sys.exit(1)


def _root() -> Path:
    """The course's folder: the working folder or one above it, else where labkit lies.

    Raises:
        typer.Exit: there is none, for example where labkit was installed from a wheel.
    """
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if (folder / "course" / "course.yml").is_file():
            return folder
    _fail(f"{here} is not inside the course's folder (no course/course.yml here or above).")


def _graded_root() -> Path:
    """The folder of the course that is graded: the working folder or one above it.

    A folder with an `nbgrader_config.py` is a course of its own, also without a catalog.

    Raises:
        typer.Exit: there is none. Another course is never graded in its place.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "course" / "course.yml").is_file() or (
            folder / "nbgrader_config.py"
        ).is_file():
            return folder
    _fail(
        f"{here} is in no course: neither course/course.yml nor nbgrader_config.py is here or "
        "above. Go to the course's folder and grade there."
    )


def _due(root: Path, assignment: str) -> datetime | None:
    """When the lab is due, if the course's catalog says so."""
    from labkit.authoring.catalog import CATALOG_PATH, load_catalog

    path = root / CATALOG_PATH
    if not path.is_file() or not path.read_text("utf-8").strip():
        return None
    dates = {module.name: module.due for module in load_catalog(root).modules}
    return datetime.fromisoformat(dates[assignment]) if dates.get(assignment) else None


def _fail(text: str) -> NoReturn:
    typer.echo(f"labkit: {text}", err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    main()
