"""Somebody at a browser: logs in to the hub, starts the own server, asks it for something."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect
from urllib3.util import Retry

KERNEL_PROTOCOL = "v1.kernel.websocket.jupyter.org"


class LoginRefusedError(Exception):
    """The hub does not let somebody in."""


class Member:
    """A session with the hub, by an account's name and password."""

    def __init__(self, address: str, name: str, password: str) -> None:
        self.address = address
        self.name = name
        self.session = requests.Session()
        # While the hub starts nobody answers there, or the proxy alone does.
        patience = Retry(
            total=600, status_forcelist={404, 503}, backoff_factor=0.1, backoff_max=0.5
        )
        self.session.mount(f"{address}/hub/health", HTTPAdapter(max_retries=patience))
        self._log_in(password)

    def _log_in(self, password: str) -> None:
        self.session.get(f"{self.address}/hub/health", timeout=60).raise_for_status()
        form = self.session.get(f"{self.address}/hub/login", timeout=60)
        form.raise_for_status()
        answer = self.session.post(
            f"{self.address}/hub/login",
            params={"next": "/hub/home"},
            data={"username": self.name, "password": password, "_xsrf": self._xsrf("/hub/")},
            timeout=60,
        )
        if answer.status_code != 200 or not answer.url.endswith("/hub/home"):
            raise LoginRefusedError(f"{answer.status_code} {answer.url}")
        made = self.call("POST", f"/hub/api/users/{self.name}/tokens", json={"note": "kernel"})
        self.token = made.json()["token"]

    def _xsrf(self, path: str) -> str:
        found = [one for one in self.session.cookies if one.name == "_xsrf" and one.path == path]
        return found[0].value or "" if found else ""

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request as a page of the hub, or of a server, would."""
        below = "/hub/" if path.startswith("/hub/") else "/".join(path.split("/")[:3]) + "/"
        headers = {"X-XSRFToken": self._xsrf(below), "Referer": self.address + below}
        return self.session.request(
            method, self.address + path, headers=headers, timeout=120, **options
        )

    def start_server(self) -> None:
        """Start the own server and wait until the hub says that it is ready."""
        self.call("POST", f"/hub/api/users/{self.name}/server", json={}).raise_for_status()
        progress = self.call("GET", f"/hub/api/users/{self.name}/server/progress", stream=True)
        with progress:
            events = [
                json.loads(line.removeprefix("data:"))
                for line in progress.iter_lines(decode_unicode=True)
                if line.startswith("data:")
            ]
        assert events[-1].get("ready"), events[-1]
        # The first page of the server makes its cookies.
        self.call("GET", self.own("/lab")).raise_for_status()

    def own(self, path: str) -> str:
        """The path of something on the own server."""
        return f"/user/{self.name}{path}"

    def fresh(self) -> requests.Session:
        """A browser that nobody has logged in with."""
        return requests.Session()

    def page_config(self) -> dict[str, Any]:
        """What the server tells JupyterLab in the browser."""
        page = self.call("GET", self.own("/lab")).text
        start = page.index('id="jupyter-config-data"')
        text = page[page.index("{", start) : page.index("</script>", start)]
        return json.loads(text)

    def compute(self, code: str) -> str:
        """Run code in a new kernel of the own server, over a websocket; return what it prints."""
        answer = self.call("POST", self.own("/api/kernels"), json={})
        answer.raise_for_status()
        kernel = answer.json()["id"]
        try:
            return asyncio.run(self._compute(kernel, code))
        finally:
            self.call("DELETE", self.own(f"/api/kernels/{kernel}"))

    async def _open(self, kernel: str, protocols: list[str] | None) -> WebSocketClientConnection:
        address = self.address.replace("http", "ws", 1)
        request = HTTPRequest(
            f"{address}{self.own(f'/api/kernels/{kernel}/channels')}",
            headers={"Authorization": f"token {self.token}"},
            request_timeout=60,
        )
        return await websocket_connect(request, subprotocols=protocols)

    async def _compute(self, kernel: str, code: str) -> str:
        # JupyterLab asks for this protocol, and browsers hang up where a proxy drops the answer.
        modern = await self._open(kernel, [KERNEL_PROTOCOL])
        assert modern.selected_subprotocol == KERNEL_PROTOCOL
        modern.close()
        plain = await self._open(kernel, None)
        request = _execute_request(code)
        await plain.write_message(json.dumps(request))
        printed = ""
        while True:
            text = await asyncio.wait_for(plain.read_message(), 60)
            assert text is not None, "the connection to the kernel was closed"
            message = json.loads(text)
            if message["parent_header"].get("msg_id") != request["header"]["msg_id"]:
                continue
            assert message["msg_type"] != "error", message["content"]
            if message["msg_type"] == "stream":
                printed += message["content"]["text"]
            # The reply may overtake what was printed; "idle" comes after it.
            elif message["content"].get("execution_state") == "idle":
                plain.close()
                return printed


def _execute_request(code: str) -> dict[str, Any]:
    header = {
        "msg_id": uuid.uuid4().hex,
        "session": uuid.uuid4().hex,
        "username": "",
        "msg_type": "execute_request",
        "version": "5.3",
    }
    content = {"code": code, "silent": False, "store_history": False, "stop_on_error": True}
    return {
        "header": header,
        "parent_header": {},
        "metadata": {},
        "content": content,
        "channel": "shell",
        "buffers": [],
    }
