"""Network: reach out, listen, and talk to whatever else runs on the machine."""

from attacks.submission import Submission, attack


@attack()
def calls_out_by_tcp(work: Submission) -> None:
    """Opens a connection to a server on the machine and sends it what it found."""
    work.answer(
        "tax",
        """
import socket
for host in ("127.0.0.1", "localhost", "::1"):
    try:
        with socket.create_connection((host, @PORT@), timeout=1) as line:
            line.sendall(b"stolen")
            print("connected to", host)
    except OSError as problem:
        print(host, problem)
""",
    )


@attack()
def calls_out_by_udp_and_names(work: Submission) -> None:
    """Sends datagrams and looks up a name that would carry a secret to a server."""
    work.answer(
        "tax",
        """
import socket
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    line.sendto(b"stolen", ("127.0.0.1", @PORT@))
    print(socket.gethostbyname("stolen.invalid"))
except OSError as problem:
    print(problem)
""",
    )


@attack()
def calls_out_by_a_program(work: Submission) -> None:
    """Uses the shell and its programs for the connection."""
    work.answer(
        "tax",
        """
import os
os.system("timeout 2 bash -c 'echo stolen > /dev/tcp/127.0.0.1/@PORT@'")
get_ipython().system("curl -s --max-time 1 http://127.0.0.1:@PORT@/")
""",
    )


@attack()
def abstract_unix_socket(work: Submission) -> None:
    """Connects to an abstract unix socket, which no file system hides."""
    work.answer(
        "tax",
        """
import socket
line = socket.socket(socket.AF_UNIX)
line.connect("\\0labkit-canary-@PORT@")
line.sendall(b"stolen")
""",
    )


@attack()
def unix_socket_in_the_course(work: Submission) -> None:
    """Connects to a unix socket in the course's folder."""
    work.answer(
        "tax",
        """
import socket
line = socket.socket(socket.AF_UNIX)
line.connect("@COURSE@/canary.sock")
line.sendall(b"stolen")
""",
    )


@attack()
def listens_on_a_port(work: Submission) -> None:
    """Listens on all ports it gets, for whoever comes later, and serves the folder."""
    work.answer(
        "tax",
        """
import http.server, socketserver, threading
server = socketserver.TCPServer(("0.0.0.0", 0), http.server.SimpleHTTPRequestHandler)
threading.Thread(target=server.serve_forever, daemon=True).start()
""",
    )


@attack()
def talks_to_other_kernels(work: Submission) -> None:
    """Reads connection files of kernels and sends them code to execute."""
    work.answer(
        "tax",
        """
import glob, json, os
from jupyter_client import BlockingKernelClient
code = 'open("@COURSE@/trophy-kernel", "w")'
mine = get_ipython().kernel.parent.connection_file
roots = ["@HOME@/.local/share/jupyter/runtime", os.path.dirname(mine), "/tmp", "/run"]
for root in roots:
    for path in glob.glob(root + "/**/kernel-*.json", recursive=True):
        client = BlockingKernelClient()
        client.load_connection_file(path)
        client.start_channels()
        client.execute(code)
        client.stop_channels()
""",
    )


@attack()
def speaks_as_the_grader_to_its_own_kernel(work: Submission) -> None:
    """Connects to its own kernel as a second client and floods it with requests."""
    work.answer(
        "tax",
        """
from jupyter_client import BlockingKernelClient
client = BlockingKernelClient()
client.load_connection_file(get_ipython().kernel.parent.connection_file)
client.start_channels()
for _ in range(300):
    client.execute("is_prime = is_even = lambda number: True", stop_on_error=False)
client.shutdown()
""",
    )
