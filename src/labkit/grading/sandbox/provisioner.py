"""Gives Jupyter a kernel in the sandbox where it asks for a kernel.

A kernel provisioner is jupyter_client's way to start kernels elsewhere than as plain child
processes. This one has the warm process fork one.

Reference: https://jupyter-client.readthedocs.io/en/stable/provisioning.html
"""

from __future__ import annotations

import asyncio
import signal
import socket
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerBase

from labkit.grading.sandbox.client import Child, SandboxError, WarmProcess, warm_process
from labkit.grading.sandbox.limits import Limits

POLL_SECONDS = 0.005


class SandboxProvisioner(KernelProvisionerBase):
    """Runs a Python kernel in a sandbox, forked from the warm process.

    The keyword arguments of `start_kernel` carry what belongs to one submission: `files` (data
    files by relative path), `limits` and `bridge` (one end of the socket to the trusted process).
    """

    child: Child | None = None
    files: dict[str, bytes]
    limits: Limits
    bridge: socket.socket | None = None
    warm: WarmProcess
    job: Path | None = None

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not yet waited for."""
        return self.child is not None

    @property
    def pid(self) -> int | None:
        """The kernel's process id on this machine."""
        return self.child.pid if self.child else None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Make the kernel's folder and its connection information."""
        self.files = kwargs.pop("files", {})
        self.limits = kwargs.pop("limits", Limits())
        self.bridge = kwargs.pop("bridge", None)
        self.warm = warm_process()
        self.job = self.warm.new_job()
        manager: Any = self.parent
        manager.transport, manager.ip = "ipc", str(self.job / "k")
        manager.cache_ports = False
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel; `cmd` is of no use to a process that is warm already.

        Raises:
            SandboxError: it did not come up.
        """
        assert self.job is not None
        for name, content in self.files.items():
            place = self.job / "files" / name
            place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            place.write_bytes(content)
            place.chmod(0o644)
        info = self.connection_info
        plain = {k: v.decode() if isinstance(v, bytes) else v for k, v in info.items()}
        fork = asyncio.get_running_loop().run_in_executor
        self.child = await fork(
            None,
            lambda: self.warm.fork(
                "kernel", self.limits, self.bridge, connection=plain, job=self.job
            ),
        )
        return info

    async def poll(self) -> int | None:
        """None while the kernel runs."""
        return 0 if self.child is None or self.child.has_ended() else None

    async def wait(self) -> int | None:
        """Wait for the kernel's end."""
        while self.child is not None and not self.child.has_ended():
            await asyncio.sleep(POLL_SECONDS)
        return 0

    async def send_signal(self, signum: int) -> None:
        """Send a signal from outside, which learner code cannot hold up."""
        if self.child is not None:
            self.child.signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and all it started, and wait until that is so.

        jupyter_client would look for it only every 0.1 s.
        """
        await self.send_signal(signal.SIGKILL)
        await self.wait()

    async def terminate(self, restart: bool = False) -> None:
        """End the kernel and all it started; there is nothing in it worth a farewell."""
        await self.kill()

    async def cleanup(self, restart: bool = False) -> None:
        """Clear what was made for the kernel."""
        if self.child is not None:
            self.child.close()
            self.child = None


class SandboxSpecs(KernelSpecManager):
    """Answers every name with the one kernel there is: this Python's, in the sandbox."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the specification, which only names the provisioner."""
        return KernelSpec(
            argv=["python"],
            display_name="Python in a sandbox",
            language="python",
            interrupt_mode="signal",
            metadata={"kernel_provisioner": {"provisioner_name": "labkit-sandbox"}},
        )


class SandboxKernelManager(AsyncKernelManager):
    """A kernel manager whose kernels run in the sandbox."""

    def __init__(self, **kwargs: Any) -> None:
        """Take the sandbox's kernel specification, whatever a notebook names."""
        super().__init__(kernel_spec_manager=SandboxSpecs(), **kwargs)


__all__ = ["SandboxError", "SandboxKernelManager", "SandboxProvisioner", "SandboxSpecs"]
