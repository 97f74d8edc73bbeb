"""A kernel that waits for the next notebook, so that no notebook waits for its kernel.

From the request for a session to a kernel's first word takes JupyterLab 0.7 s: 0.2 s until the
kernel runs, longer while a page is drawn beside it, and half a second because the first question
to it comes before the page's subscription stands (`benchmarks/desk/kernels.py`). So while a learner
reads, one kernel is started in advance. The next notebook gets it: it moves into the notebook's
folder and environment, another one is started a little later, and what connects to a kernel is
answered at once. Nobody sees the waiting one before that, and it does not count as a sign of life.
It takes about 40 MB of its own.

The settings of a learner's JupyterLab name `WaitingKernels`; without them Jupyter's own class is
used, and every notebook starts a kernel.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from jupyter_server.services.kernels.kernelmanager import (
    AsyncMappingKernelManager,
    ServerKernelManager,
)

AFTER_HOME, AFTER_MOVE = 2.0, 5.0
"""Seconds from the home page, or from a notebook's opening, until a kernel is started: both have
work of their own to do first."""

PAUSES = (0.02, 0.05, 0.1)
"""Seconds before each question to a kernel that a page connects to."""

MOVING = 10.0
"""Seconds that a waiting kernel has to move; one that takes longer hangs, and is started anew."""


class WaitingKernel(ServerKernelManager):
    """A kernel that may have been started before a notebook asks for it."""

    # What Jupyter's own asynchronous classes override was synchronous in its first version.
    async def start_kernel(self, **wishes: Any) -> None:  # type: ignore[override]
        """Start it; one that waits moves into the folder `cwd` and the environment `env`.

        A restart begins in that folder and environment too.
        """
        if not self.has_kernel:
            await super().start_kernel(**wishes)
            return
        wishes.pop("kernel_id")  # it has that already
        self._launch_args = wishes
        try:
            await asyncio.wait_for(self._move(wishes), MOVING)
        except (TimeoutError, RuntimeError):
            self.log.warning("The kernel that waited does not answer: it is started anew.")
            await self.restart_kernel(now=True)

    async def _move(self, wishes: dict[str, Any]) -> None:
        """Have the kernel move, and wait until it has; nothing of it is seen in its notebook.

        Raises:
            RuntimeError: it could not.
        """
        client = self.client()
        client.start_channels(iopub=False, stdin=False, hb=False, control=False)
        try:
            asked = client.execute(moving(wishes), silent=True)
            reply = await client.get_shell_msg()
            while reply["parent_header"].get("msg_id") != asked:
                reply = await client.get_shell_msg()
        finally:
            client.stop_channels()
        if reply["content"]["status"] != "ok":
            raise RuntimeError(reply["content"].get("evalue"))


def moving(wishes: dict[str, Any]) -> str:
    """Python that moves a kernel to `cwd` and `env`, and defines no name."""
    lines = []
    if "env" in wishes:
        new = dict(wishes["env"].items() - os.environ.items())
        lines.append(f"__import__('os').environ.update({new!r})")
    if "cwd" in wishes:
        lines += [f"__import__('os').chdir({wishes['cwd']!r})", f"_dh[:] = [{wishes['cwd']!r}]"]
    return "\n".join(lines)


class WaitingKernels(AsyncMappingKernelManager):
    """Jupyter's kernels, and one more that waits for a notebook."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.kernel_manager_class = "labkit.desk.kernels.WaitingKernel"
        self._waiting: Any = None
        self._starting: asyncio.Task[None] | None = None
        self._greetings: set[asyncio.Task[None]] = set()

    def prepare(self, seconds: float = AFTER_HOME) -> None:
        """Start a kernel that waits after so many seconds, unless there is or will be one."""
        if self._waiting is None and self._starting is None:
            self._starting = asyncio.create_task(self._prepare(seconds))

    async def _prepare(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        kernel: Any
        kernel, _, number = super().pre_start_kernel(None, {})
        try:
            await kernel.start_kernel(kernel_id=number, cwd=self.root_dir, env=dict(os.environ))
        except Exception:  # whatever it is, a notebook that asks for a kernel will tell it
            self.log.warning("No kernel could be started in advance; none is tried any more.")
            return
        self._waiting, self._starting = kernel, None

    def pre_start_kernel(self, kernel_name: str | None, kwargs: Any) -> tuple[Any, str, str]:
        """Hand out the kernel that waits where it fits, else make one, as Jupyter does."""
        kernel = self._waiting
        if kernel is None or kernel_name not in (None, kernel.kernel_name) or "kernel_id" in kwargs:
            return super().pre_start_kernel(kernel_name, kwargs)
        self._waiting = None
        self.prepare(AFTER_MOVE)
        return kernel, kernel.kernel_name, kernel.kernel_id

    def notify_connect(self, kernel_id: str) -> None:
        """Note that a page connects, and have a kernel that has nothing to do say something."""
        super().notify_connect(kernel_id)
        kernel: Any = self.get_kernel(kernel_id)
        if kernel.execution_state != "busy":
            greeting = asyncio.create_task(_greet(kernel))
            self._greetings.add(greeting)
            greeting.add_done_callback(self._greetings.discard)

    async def shutdown_all(self, now: bool = False) -> None:  # type: ignore[override]
        """End all kernels, the waiting one included."""
        if self._starting is not None:
            self._starting.cancel()
        if self._waiting is not None:
            await self._waiting.shutdown_kernel(now=True)
        await super().shutdown_all(now=now)


async def _greet(kernel: ServerKernelManager) -> None:
    """Ask a kernel for its facts a few times, so that it is heard.

    A page waits until its subscription has brought something. Jupyter asks the kernel once, most
    often before the subscription stands, and again after half a second.
    """
    client = kernel.client()
    client.start_channels(iopub=False, stdin=False, hb=False, control=False)
    try:
        for pause in PAUSES:
            await asyncio.sleep(pause)
            client.kernel_info()
    finally:
        client.stop_channels()
