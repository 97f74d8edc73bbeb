"""Wire-format abuse: talk to the trusted process in the place of the course's own bridge.

The learner's process holds one end of a socket to the process that runs the tests, and can run
any code there. Outside of this course's grading these attacks find no socket and do nothing. The
last ones speak to the worker by the kernel's own messages.
"""

from attacks.submission import Submission, attack

LINE = """
import json, os, socket, struct
line = socket.socket(fileno=os.dup(int(os.environ["LABKIT_BRIDGE"])))
def frame(header, body=b"", announced=None):
    if not isinstance(header, bytes):
        header = json.dumps(header).encode()
    size = len(body) if announced is None else announced
    return b"LKW1" + struct.pack(">IQ", len(header), size) + header + body
def reply(number, **fields):
    known = {"id": number, "outcome": "returned", "value": None, "printed": ""}
    return list(map(list, (known | fields).items()))
"""

SERVER = (
    LINE
    + """
from labkit.grading.trusted import bridge, wire
def answer(request):
    return frame(reply(request["id"]))
def serve(namespace, connection=None):
    while True:
        request = wire.decode(wire.receive(line), lambda about: about)
        line.sendall(answer(request))
        if request["do"] == "done":
            return
bridge.serve = serve
"""
)
"""A server of the learner's own; an attack replaces `answer`."""


@attack()
def garbage_on_the_bridge(work: Submission) -> None:
    """Writes random bytes where messages are expected."""
    work.answer("tax", LINE + "line.sendall(os.urandom(4096))")


@attack()
def giant_announcement(work: Submission) -> None:
    """Announces a message of many exabytes and sends none of it."""
    work.answer("tax", LINE + "line.sendall(frame([], announced=2**63))")


@attack()
def large_announcement_without_content(work: Submission) -> None:
    """Announces as much as is allowed and stops in the middle."""
    work.answer("tax", LINE + "line.sendall(frame(reply(1), b'x', announced=60 * 2**20))")


@attack()
def replies_before_they_are_asked(work: Submission) -> None:
    """Writes a hundred replies with good values in advance."""
    work.answer(
        "tax",
        LINE
        + """
line.setblocking(False)
good = ["dict", "longest", "sandbox", "lengths", ["list", 6, 7, 4], "tax", 0]
for number in range(100):
    try:
        line.sendall(frame(reply(number, value=good, files=["dict"])))
    except BlockingIOError:
        break
""",
    )


@attack()
def replies_with_wrong_numbers(work: Submission) -> None:
    """Answers every request under another number and twice."""
    work.answer(
        "tax",
        SERVER
        + """
def answer(request):
    number = request["id"]
    return frame(reply(number + 1, value=0)) + frame(reply(number, value=0)) * 2
""",
    )


@attack()
def deep_header(work: Submission) -> None:
    """Nests a message a million levels deep."""
    work.answer(
        "tax",
        SERVER
        + """
def answer(request):
    return frame(b"[" * 1_000_000 + b"]" * 1_000_000)
""",
    )


@attack()
def impossible_values(work: Submission) -> None:
    """Sends arrays of objects, wrong lengths, unknown kinds, huge numbers and equal keys."""
    work.answer_all(
        SERVER
        + """
import itertools
odd = itertools.cycle([
    ["numpy.array", "|O", [8]], ["numpy.array", "<f8", [8, 2**40]], ["numpy.array", "<f8", [-1]],
    ["pickle", "gASVKAAAAAAAAACMBXBvc2l4"], ["int", "9" * 5000], ["decimal", "1E+999999999"],
    ["dict", 1, 2, 1, 3], ["dict", 1], ["numbers", "list", "d", 800], ["str", 10**9], ["list"] * 2,
    ["namedtuple", "int", ["__class__"], 0], ["reference", {"library": ["os", "system"]}],
    ["reference", {"reference": 1, "kind": ["class"]}], [], [None], {}, 1e308, ["range", 0, 2**62],
    ["reference", {"test": 1}], ["reference", {"shared": "Lab", "place": 0}], ["set", ["list"]],
    ["fraction", 1, 0], ["slice"], ["numpy.masked", 1], ["numpy.structured", [1]],
    ["datetime", "../../etc/shadow", 1, 1, 1, 1, 1, 1, 1, 0], ["complex", "nan", "nan"],
])
def answer(request):
    if request["do"] == "begin":
        names = [item for name in request["names"] for item in (name, next(odd))]
        return frame(reply(request["id"], value=["dict", *names], files=["dict"]))
    return frame(reply(request["id"], value=next(odd)))
"""
    )


@attack()
def impossible_messages(work: Submission) -> None:
    """Sends messages with missing, repeated and nonsensical fields."""
    work.answer_all(
        SERVER
        + """
import itertools
odd = itertools.cycle([
    [], {}, [["id"]], [["id", 1], ["id", 1]], [[1, 2]], None, [["outcome", "returned"]],
    reply(1, outcome="passed"), reply(1, outcome=["list"]), reply(None), reply(1, printed=5),
    reply(1, names=5, gone=7, arguments="x", files=3), reply(1, same=9), reply(1, outcome="raised"),
    reply(1, outcome="raised", kind=5, message=["list"], parts=3, attributes=4, line="x"),
])
def answer(request):
    message = next(odd)
    for field in message or ():
        if type(field) is list and field[0] == "id" and field[-1] == 1:
            field[-1] = request["id"]
    return frame(message)
"""
    )


@attack()
def forged_names(work: Submission) -> None:
    """Claims with every reply that the tests' own names and builtins now have other values."""
    work.answer_all(
        SERVER
        + """
own = {"right": 0, "error": 0.0, "account": None, "longest": "sandbox", "primes": None}
forged = {"right": 8, "error": 0.0, "values": ["list"], "ranked": ["list"], "cases": ["dict"],
          "primes": ["list"], "rates": ["dict"], "result": None, "abs": None, "all": True,
          "lab": None, "isclose": None, "account": None, "__builtins__": ["dict"]}
def flat(names):
    return ["dict", *(part for pair in names.items() for part in pair)]
def answer(request):
    function = ["reference", {"reference": 1, "kind": "function", "name": "f", "module": "x"}]
    fields = {"names": flat(forged), "gone": ["list", "abs", "rates", "lab", "cases"],
              "files": ["dict"], "value": 0}
    if request["do"] == "begin":
        fields["value"] = flat({name: own.get(name, function) for name in request["names"]})
    return frame(reply(request["id"], **fields))
"""
    )


@attack()
def forged_files(work: Submission) -> None:
    """Claims that files changed outside of the working directory and in the test's modules."""
    work.answer_all(
        SERVER
        + """
names = ["../../trophy-file", "@COURSE@/trophy-file", "numpy/__init__.py", "sitecustomize.py",
         "exams/__init__.py", "course.key", "labkit/__init__.py", "difflib.py", "a/../../b", ""]
def answer(request):
    about = [x for name in names for x in (name, ["tuple", 3, 10**18 + request["id"]])]
    if request["do"] == "read files":
        value = ["dict"]
        for name in names:
            value += [name, ["bytes", 3]]
        return frame(reply(request["id"], value=value), b"1/0" * len(names))
    fields = {"files": ["dict", *about]}
    if request["do"] == "begin":
        fields["value"] = ["dict"]
    return frame(reply(request["id"], **fields))
"""
    )


@attack()
def claims_to_be_of_the_library(work: Submission) -> None:
    """Claims that its answers are objects of installed libraries that equal everything."""
    work.answer_all(
        SERVER
        + """
ANY = {"library": ["unittest.mock", "ANY"], "reference": 7, "kind": "instance"}
MAGIC = {"library": ["unittest.mock", "MagicMock"], "reference": 8, "kind": "class",
         "name": "MagicMock", "module": "unittest.mock", "qualname": "MagicMock"}
def answer(request):
    value = ["reference", ANY]
    if request["do"] == "begin":
        value = ["dict"]
        for name in request["names"]:
            about = ANY if name in ("longest", "lengths") else MAGIC
            value += [name, ["reference", about]]
    return frame(reply(request["id"], value=value, files=["dict"]))
"""
    )


@attack()
def claims_methods_and_bases(work: Submission) -> None:
    """Describes instances of classes that derive from numbers and arrays and equal everything."""
    work.answer_all(
        SERVER
        + """
special = ["__eq__", "__len__", "__sub__", "__abs__", "__lt__", "__bool__", "__hash__", "__iter__"]
kind = {"reference": 1, "kind": "class", "name": "float64", "module": "numpy",
        "qualname": "ndarray", "doc": None, "exception": False, "library": True,
        "signature": None, "special": special,
        "ancestors": [{"module": "numpy", "qualname": "ndarray"},
                      {"module": "builtins", "qualname": "int"}]}
thing = {"reference": 2, "kind": "instance", "class": kind}
function = {"reference": 3, "kind": "function", "name": "f", "module": "builtins",
            "qualname": "max", "doc": None, "signature": None, "source": None}
def answer(request):
    about = function if request["do"] == "begin" else thing
    value = ["reference", about]
    if request["do"] == "begin":
        value = ["dict"]
        for name in request["names"]:
            value += [name, ["reference", thing if name[0] == "l" else function]]
    elif request.get("operation") not in ("call", "get attribute", "iterate"):
        value = True
    return frame(reply(request["id"], value=value, files=["dict"]))
"""
    )


@attack()
def instances_of_classes_of_the_set_up(work: Submission) -> None:
    """Returns copies of the set-up's objects whose attributes hide the methods."""
    work.answer_all(
        SERVER
        + """
def answer(request):
    shared = ["reference", {"shared": "Lab", "place": 0}]
    state = ["dict", "check", ["reference", {"reference": 1, "kind": "function", "name": "f"}],
             "__class__", 1, "__dict__", 2]
    value = shared
    if request["do"] == "begin":
        value = ["dict"]
        for name in (*request["names"], "lab", "Lab", "judge"):
            value += [name, shared]
    fields = {"value": value, "names": ["dict", "lab", shared], "files": ["dict"]}
    return frame(reply(request["id"], **fields) + [["state 0", state]])
"""
    )


@attack()
def calls_functions_of_the_test(work: Submission) -> None:
    """Asks the trusted process to call its functions, by numbers that were never handed out."""
    work.answer_all(
        SERVER
        + """
asked = 0
def answer(request):
    global asked
    asked += 1
    if asked > 400 or request["do"] != "operate":
        return frame(reply(request["id"], value=["dict"], files=["dict"]))
    fields = {"id": asked, "outcome": "callback", "use": "call",
              "arguments": ["tuple", "touch trophy"],
              "named": ["dict"]}
    return frame(list(map(list, fields.items())))
"""
    )


@attack()
def flood_of_messages(work: Submission) -> None:
    """Answers one request with messages without end."""
    work.answer(
        "is_even",
        SERVER
        + """
def answer(request):
    while request["do"] == "operate":
        line.sendall(frame(reply(0, printed="x" * 10_000)))
    value = ["dict"]
    for name in request.get("names", ()):
        value += [name, ["reference", {"reference": 1, "kind": "function", "name": "f"}]]
    return frame(reply(request["id"], value=value, files=["dict"]))
""",
    )


@attack()
def closes_the_bridge(work: Submission) -> None:
    """Closes its end of the bridge, and all other descriptors above the first few."""
    work.answer("tax", LINE + "line.shutdown(socket.SHUT_RDWR)\nos.closerange(3, 9)\n")


@attack()
def keeps_the_bridge_silent(work: Submission) -> None:
    """Never answers, though its process is alive and well."""
    work.answer("is_even", SERVER + "\ndef serve(*a):\n    import time\n    time.sleep(600)\n")
    work.cell("is_even")["source"] += "bridge.serve = serve\n"


@attack()
def pretends_to_be_the_trusted_process(work: Submission) -> None:
    """Starts an evaluator of its own on the bridge and on whatever descriptor it finds."""
    work.answer(
        "tax",
        LINE
        + """
from labkit.grading.trusted import evaluator
for descriptor in range(3, 64):
    try:
        found = socket.socket(fileno=os.dup(descriptor))
        if found.family == socket.AF_UNIX:
            message = json.dumps({"outputs": [], "seconds": 0, "lost": ""}).encode()
            found.setblocking(False)
            found.sendall(struct.pack(">I", len(message)) + message)
    except (OSError, ValueError):
        pass
""",
    )


@attack()
def patches_the_bridge(work: Submission) -> None:
    """Rewrites the bridge and the wire format in its own process to be generous."""
    work.answer_all(
        """
from labkit.grading.trusted import bridge, wire
for name in list(bridge.OPERATIONS):
    if name not in ("call", "get attribute", "iterate", "next"):
        bridge.OPERATIONS[name] = lambda *a: True
bridge.OPERATIONS["call"] = lambda *a, **k: 0
bridge.list_files = lambda *a: {"../../trophy": (1, 1)}
wire.MAX_NODES = wire.MAX_FRAME = 10**12
"""
    )


@attack()
def malformed_outputs_of_the_kernel(work: Submission) -> None:
    """Publishes signed messages whose contents have missing fields and wrong types."""
    work.answer(
        "tax",
        """
kernel = get_ipython().kernel
for kind, content in [
    ("stream", {"name": "stdout", "text": ["x", 5]}), ("stream", {"text": None}), ("stream", {}),
    ("display_data", {"data": ["x"], "metadata": 5}), ("display_data", {}), ("error", {}),
    ("error", {"ename": 1, "evalue": [], "traceback": "x"}), ("execute_result", {"data": None}),
    ("update_display_data", {"transient": 5}), ("comm_open", {}), ("comm_msg", {"comm_id": []}),
    ("clear_output", {"wait": {}}), ("status", {}), ("status", {"execution_state": []}),
    ("alien", {}), ("execute_input", None), ("display_data", {"data": {"text/html": {"a": 1}},
     "metadata": {}, "transient": {"display_id": ["x"]}}),
]:
    kernel.session.send(kernel.iopub_socket, kind, content=content, parent=kernel.get_parent())
""",
    )


@attack()
def malformed_replies_of_the_kernel(work: Submission) -> None:
    """Sends replies to the executing request that lack status, parent and sense."""
    work.answer_all(
        """
kernel = get_ipython().kernel
def send(*arguments):
    parent = kernel.get_parent()
    for content in ({}, {"status": []}, {"status": "error"}, {"status": "ok", "payload": 5}, []):
        kernel.session.send(kernel.shell_stream, "execute_reply", content, parent=parent,
                            ident=kernel._parent_ident.get("shell") if hasattr(kernel,
                            "_parent_ident") else None)
    return 0
tax = ranking = is_prime = roman = is_even = median = estimate = send
send()
"""
    )
