"""Result forging: make a test cell look passed, or its output look like points."""

from attacks.submission import Submission, attack

EVERY_OUTPUT = """
from IPython import get_ipython
from IPython.display import publish_display_data
shell = get_ipython()
"""


@attack()
def prints_full_marks(work: Submission) -> None:
    """Prints texts that look like a result with points."""
    work.answer_all("print('Out[1]: 1.0')\nprint('1.0', flush=True)\n1.0")


@attack()
def forges_a_result_before_the_assert(work: Submission) -> None:
    """Publishes an execute_result of 1.0 from inside a called function; stock reads the first."""
    work.answer_all(
        EVERY_OUTPUT
        + """
def forge(*arguments):
    shell.displayhook.session.send(
        shell.displayhook.pub_socket,
        "execute_result",
        {"execution_count": 1, "data": {"text/plain": "1.0"}, "metadata": {}},
        parent=shell.displayhook.parent_header,
    )
    raise ValueError
tax = moving_average = Account = ranking = is_prime = roman = is_even = median = forge
"""
    )


@attack()
def publishes_points_as_display_data(work: Submission) -> None:
    """Publishes display data of two points with each call."""
    work.answer_all(
        EVERY_OUTPUT
        + """
def forge(*arguments):
    publish_display_data({"text/plain": "2.0"})
    raise ValueError
tax = moving_average = Account = ranking = is_prime = roman = is_even = median = forge
"""
    )


@attack()
def leaves_the_test_by_an_exception_without_trace(work: Submission) -> None:
    """Ends the test cell with an exception whose display shows nothing, so no error is recorded."""
    work.answer_all(
        """
class Quiet(Exception):
    def _render_traceback_(self):
        return []
def leave(*arguments):
    raise Quiet
tax = moving_average = Account = ranking = is_prime = roman = is_even = median = leave
"""
    )


@attack()
def writes_messages_of_the_kernel(work: Submission) -> None:
    """Sends an idle status and an ok reply on the kernel's own sockets during a test."""
    work.answer_all(
        """
from IPython import get_ipython
kernel = get_ipython().kernel
def forge(*arguments):
    parent = kernel.get_parent()
    send = kernel.session.send
    send(kernel.iopub_socket, "execute_result", parent=parent,
         content={"execution_count": 1, "data": {"text/plain": "1.0"}, "metadata": {}})
    send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
    send(kernel.shell_stream, "execute_reply", {"status": "ok", "execution_count": 1},
         parent=parent)
    raise ValueError
tax = moving_average = Account = ranking = is_prime = roman = is_even = median = forge
"""
    )


@attack()
def clears_the_error_output(work: Submission) -> None:
    """Asks the front end to clear the cell's output later, so that an error would vanish."""
    work.answer_all(
        """
from IPython import get_ipython
from IPython.display import clear_output
get_ipython().events.register("post_run_cell", lambda result: clear_output())
get_ipython().events.register("post_execute", clear_output)
"""
    )


@attack()
def claims_more_points_than_the_cell_has(work: Submission) -> None:
    """Returns a value with more points than the partial-credit cell has."""
    work.answer(
        "roman",
        """
class Many:
    def __eq__(self, other):
        return Count()
class Count(int):
    def __radd__(self, other):
        return self
    def __add__(self, other):
        return self
    def __truediv__(self, other):
        return 1000.0
def roman(number):
    return Many()
""",
    )


@attack()
def leaves_the_cell_early(work: Submission) -> None:
    """Raises SystemExit from inside a test, which some executors take for a quiet end."""
    work.answer_all(
        """
def leave(*arguments):
    raise SystemExit(0)
tax = moving_average = Account = ranking = is_prime = roman = is_even = median = leave
"""
    )


@attack()
def resets_the_namespace(work: Submission) -> None:
    """Clears all names with %reset and puts permissive ones in their place."""
    work.answer_all(
        """
get_ipython().run_line_magic("reset", "-f")
class Lab:
    def check(self, *arguments):
        return 1.0
lab, rates = Lab(), {"low": 0, "high": 0}
def zero(*arguments):
    return 0
tax = zero
"""
    )


@attack()
def silences_results(work: Submission) -> None:
    """Turns off the display of results and errors; a silent cell has full marks in stock."""
    work.answer_all(
        """
shell = get_ipython()
shell.ast_node_interactivity = "none"
shell.showtraceback = shell._showtraceback = lambda *a, **k: None
shell.kernel.send_response = lambda *a, **k: None
"""
    )


@attack()
def rewrites_a_result_afterwards(work: Submission) -> None:
    """Shows something empty under a display id during a test, and updates it from a later cell."""
    work.answer(
        "roman",
        """
from IPython.display import publish_display_data
def roman(number):
    if number == 1:
        publish_display_data({}, transient={"display_id": "points"})
    return ""
""",
    )
    work.answer(
        "estimate",
        """
from IPython.display import publish_display_data
publish_display_data({"text/plain": "1.0"}, transient={"display_id": "points"}, update=True)
def estimate(count): return 0
""",
    )


@attack()
def updates_a_result_that_is_not_there(work: Submission) -> None:
    """Updates a display that it showed during a test without outputs."""
    work.answer(
        "is_prime",
        """
from IPython.display import publish_display_data
def is_prime(number):
    for _ in range(5):
        publish_display_data({}, transient={"display_id": "nothing"})
    return True
""",
    )
    work.answer(
        "roman",
        """
publish_display_data({"text/plain": "1.0"}, transient={"display_id": "nothing"}, update=True)
""",
    )
