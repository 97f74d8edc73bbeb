"""Signals, daemons and exits: end the grader, outlive the kernel, leave without a result."""

from attacks.submission import ARMED, Submission, attack


@attack()
def kills_its_parent(work: Submission) -> None:
    """Kills the process that started it."""
    work.answer("tax", ARMED + "import signal\nos.kill(os.getppid(), signal.SIGKILL)\n")


@attack()
def kills_everybody(work: Submission) -> None:
    """Kills every process that it may, by one signal to all."""
    work.answer("tax", ARMED + "import signal\nos.kill(-1, signal.SIGKILL)\n")


@attack()
def kills_its_group(work: Submission) -> None:
    """Sends its process group and session the signals that end programs."""
    work.answer(
        "tax",
        ARMED
        + """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.killpg(0, signal.SIGTERM)
os.killpg(0, signal.SIGKILL)
""",
    )


@attack()
def stops_itself(work: Submission) -> None:
    """Stops itself and its relatives with SIGSTOP, so that everyone waits."""
    work.answer(
        "tax",
        ARMED
        + """
import signal
try:
    os.kill(os.getppid(), signal.SIGCONT)
finally:
    os.kill(os.getpid(), signal.SIGSTOP)
""",
    )


@attack()
def traces_other_processes(work: Submission) -> None:
    """Attaches to its relatives as a debugger."""
    work.answer(
        "tax",
        """
import ctypes, glob, os
library = ctypes.CDLL(None, use_errno=True)
for path in glob.glob("/proc/[0-9]*"):
    pid = int(path[6:])
    if pid not in (os.getpid(), 1):
        print(pid, library.ptrace(0x4206, pid, 0, 0))
""",
    )


@attack(waits=4)
def leaves_a_daemon(work: Submission) -> None:
    """Leaves a process in a session of its own that writes to the course later."""
    work.answer(
        "tax",
        """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for stream in range(256):
            try:
                os.close(stream)
            except OSError:
                pass
        time.sleep(3)
        try:
            os.close(os.open("@COURSE@/trophy-daemon", os.O_CREAT))
        finally:
            time.sleep(30)
            os._exit(0)
    os._exit(0)
""",
    )


@attack()
def exits_in_a_cell(work: Submission) -> None:
    """Ends the process from a cell, at once and without clean-up."""
    work.answer("account", "import os\nos._exit(0)")


@attack()
def exits_in_an_answer(work: Submission) -> None:
    """Ends the process from inside a call of a test with a code of success."""
    work.answer("is_prime", "import os\ndef is_prime(number):\n    os._exit(0)")


@attack()
def quits_politely(work: Submission) -> None:
    """Uses exit, quit and the kernel's own shutdown."""
    work.answer("tax", "exit()")
    work.answer("moving_average", "quit(keep_kernel=False)")
    work.answer("account", "get_ipython().kernel.do_shutdown(False)")
    work.answer("ranking", "import sys\ndef ranking(values):\n    sys.exit(0)")


@attack()
def restarts_as_another_program(work: Submission) -> None:
    """Replaces the kernel's program by another one that stays silent."""
    work.answer("tax", "import os\nos.execv('/bin/sleep', ['sleep', '20'])")


@attack()
def forks_a_twin_kernel(work: Submission) -> None:
    """Forks in a cell, so that two kernels answer the same request."""
    work.answer("tax", "import os\npid = os.fork()\nprint('twin', pid == 0)")


@attack()
def escapes_by_namespaces(work: Submission) -> None:
    """Asks for new namespaces, mounts, keys, perf counters and BPF programs."""
    work.answer(
        "tax",
        """
import ctypes, os
library = ctypes.CDLL(None, use_errno=True)
print("unshare", library.unshare(0x10000000 | 0x00020000))
print("mount", library.mount(b"none", b"/mnt", b"tmpfs", 0, None))
print("chroot", library.chroot(b"."))
for number in (321, 298, 250, 425, 303, 304):
    print(number, library.syscall(number, 0, 0, 0, 0, 0, 0))
os.system("mkdir -p x && mount --bind / x; cat /proc/1/cmdline; ls /proc")
""",
    )
