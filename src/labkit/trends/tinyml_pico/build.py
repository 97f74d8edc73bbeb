"""From C and assembler to an image for the Pico, with the compiler that pip brought (ziglang).

`firmware` compiles a generated network, and perhaps a learner's own kernel, with the run-time in
``firmware/`` and returns plain data: the UF2 file, what it takes of the chip, and which source line
each address belongs to. A mistake in a learner's C is data as well: the file, the line and the
compiler's words, never an exception. Running the image is left to ``device``.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, TypedDict

from .device import SELFTEST_BYTES
from .uf2 import FLASH_START, seal_boot2, to_uf2

RUNTIME = ("runtime.c", "start.c", "support.c", "usb_serial.c", "main.c")
UNITS = ("boot2.S", "kernels.c", "layer_packed.S")
HEADERS = ("tinyml.h", "runtime.h", "rp2040.h")
NETWORK = ("network.c", "kernel.c")
"""Of the sources of a network, those that the run-time does not include."""
OPTIMISE = "-O2"

_TARGET = ["-target", "thumb-freestanding-eabi", "-mcpu=cortex_m0plus", "-mthumb"]
_FLAGS = [
    "-std=c11",
    "-g",
    "-ffreestanding",
    "-fno-builtin",
    "-nostdlib",
    "-ffunction-sections",
    "-fdata-sections",
    "-fomit-frame-pointer",
    "-fno-sanitize=undefined",
    "-Wall",
    # One index for all arrays, as written: a pointer for each, which the compiler prefers, wants
    # more registers than a Cortex-M0+ has (four rows at a time: 1,064 k cycles, without 704 k).
    "-mllvm",
    "-disable-lsr",
    "-I.",
]
_LINK = ["-Wl,--gc-sections", "-Wl,--build-id=none", "-T", "pico.ld", "-o", "image.elf"]
_SECONDS = 120


class Problem(TypedDict):
    """One complaint of compiler or linker; file "" and line 0 where it names none."""

    file: str
    line: int
    column: int
    message: str


class Image(TypedDict):
    """What a build gives back, plain data only. Without an image, `uf2` is empty."""

    uf2: bytes
    problem: str | None
    errors: list[Problem]
    lines: list[list[Any]]
    size: dict[str, int]
    symbols: dict[str, int]


def firmware(sources: Mapping[str, str], *, optimise: str = OPTIMISE) -> Image:
    """Compile and link a network for the Pico.

    `sources` maps file names to text: ``network.h`` and ``network.c`` as `codegen.generate` writes
    them, and ``kernel.c``, if the network shall run on an own `dot_rows`. `optimise` is the
    compiler's switch.

    Returns an `Image`. `size` holds "flash" (bytes of the image), "static_ram" (code, weights and
    variables in SRAM), "stack" (reserved for it) and "code" (of these, instructions); `lines` is
    [[address, file, line], …] in rising order, `symbols` the addresses of functions and variables.
    """
    own = "kernel.c" in sources
    wanted = [*UNITS, *([] if own else ["dot_rows.c"])]
    return _build(dict(sources), wanted, optimise)


def selftest() -> Image:
    """The image that tells about the board itself: its clock, its cycle counts, a checksum.

    It answers the same protocol as a network; `device.selftest` reads what it says.
    """
    header = (
        "#pragma once\n#include <stdint.h>\n"
        f"#define NETWORK_INPUT_BYTES {SELFTEST_BYTES[0]}\n"
        f"#define NETWORK_OUTPUT_BYTES {SELFTEST_BYTES[1]}\n"
        "extern int8_t *const network_input, *const network_output;\nvoid network_run(void);\n"
    )
    return _build({"network.h": header}, ["boot2.S", "selftest.c"], OPTIMISE)


def host_library(folder: Path, sources: Mapping[str, str] | None = None) -> Path:
    """The kernels compiled for this computer, as a shared library in `folder` for ctypes.

    `sources` may bring a ``kernel.c`` with an own `dot_rows`. Without any C library, so it takes
    two seconds, not forty. Raises RuntimeError with the compiler's words.
    """
    sources = dict(sources or {})
    units = ["kernels.c", "layer_packed.c", *([] if sources else ["dot_rows.c"])]
    for file in ("tinyml.h", *units):
        sources[file] = runtime_file(file)
    for file, text in sources.items():
        (folder / file).write_text(text, encoding="utf-8")
    library = "kernels.dll" if sys.platform == "win32" else "kernels.so"
    switches = ["-shared", "-nostdlib", "-ffreestanding", "-fno-builtin", "-O2", "-o", library]
    done = _zig([*switches, *(file for file in sources if file.endswith(".c"))], folder)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return folder / library


def _build(sources: dict[str, str], wanted: list[str], optimise: str) -> Image:
    own = {Path(file).name: text for file, text in sources.items()}
    kept = {file: runtime_file(file) for file in (*HEADERS, *wanted, "pico.ld")}
    fast = [*wanted, *(file for file in sources if file.endswith((".c", ".S")))]
    try:
        # The run-time is made small, the network and its kernels are made fast.
        runtime = _runtime(tuple(sorted((f, t) for f, t in own.items() if f not in NETWORK)))
        with tempfile.TemporaryDirectory(prefix="pico-") as name:
            folder = Path(name)
            (folder / "runtime.o").write_bytes(runtime)
            _compile([optimise, *_LINK, "runtime.o", *fast], kept | own, folder)
            return _finished((folder / "image.elf").read_bytes())
    except _CompilerError as error:
        return _failed(str(error))


class _CompilerError(Exception):
    """The compiler's words."""


@lru_cache(maxsize=8)
def _runtime(own: tuple[tuple[str, str], ...]) -> bytes:
    """The run-time, compiled with the headers of a network. Raises _CompilerError.

    It takes three times as long as all the rest of a build, and is the same for every kernel and
    every switch.
    """
    texts = {file: runtime_file(file) for file in (*HEADERS, *RUNTIME)} | dict(own)
    with tempfile.TemporaryDirectory(prefix="pico-") as name:
        _compile(["-Os", "-c", "runtime.c"], texts, Path(name))
        return (Path(name) / "runtime.o").read_bytes()


def _compile(arguments: list[str], texts: Mapping[str, str], folder: Path) -> None:
    """Write files into `folder` and call the compiler there. Raises _CompilerError."""
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
    done = _zig([*_TARGET, *_FLAGS, *arguments], folder)
    if done.returncode:
        raise _CompilerError(done.stderr)


def runtime_file(name: str) -> str:
    """The text of one file of the run-time."""
    return (files(__package__) / "firmware" / name).read_text(encoding="utf-8")


def _zig(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """`zig cc`, in `folder`. Raises RuntimeError where the compiler is not installed."""
    try:
        return subprocess.run(
            [compiler(), "cc", *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        words = f"error: the compiler did not finish within {_SECONDS} s"
        return subprocess.CompletedProcess([], 1, "", words)


@cache
def compiler() -> str:
    """The path of zig. Raises RuntimeError if the package `ziglang` is not installed."""
    try:
        package = files("ziglang")
    except ModuleNotFoundError:
        raise RuntimeError(
            "The C compiler is not installed: pip install -c constraints.txt ziglang"
        ) from None
    for name in ("zig", "zig.exe"):
        with as_file(package / name) as path:
            if path.exists():
                return str(path)
    raise RuntimeError("The package ziglang is installed, but holds no zig: install it again.")


# ---- what went wrong ------------------------------------------------------------------------

_COMPLAINT = re.compile(
    r"^(?P<file>[^\s:][^:\n]*):(?P<line>\d+):(?P<column>\d+): (?:fatal )?error: (?P<message>.*)$",
    re.MULTILINE,
)
_INSTRUCTION = re.compile(r"note: instantiated into assembly here\n\s*\d+ \|(?P<text>.*)")
_REASON = re.compile(r"^[^\s:<][^:\n]*:\d+:\d+: note: (?P<message>.*)$", re.MULTILINE)
_LINKER = re.compile(
    r"^(?:error: )?(?:ld\.lld|lld): (?:error: )?(?P<message>.*)$|^error: (?P<other>.*)$", re.M
)
_UNDEFINED = re.compile(r"undefined symbol: (?P<name>\S+)")
_FULL = re.compile(r"will not fit in region '?(?P<region>\w+)'?.*?overflowed by (?P<bytes>\d+)")
_FLOATING = re.compile(r"__aeabi_[fd]|__aeabi_u?[il]2[fd]|^(sqrt|exp|log|pow|round|floor)")


def _failed(words: str) -> Image:
    found = list(_COMPLAINT.finditer(words))
    ends = [*(match.start() for match in found[1:]), len(words)]
    errors = [
        _complaint(match, words[match.end() : end]) for match, end in zip(found, ends, strict=False)
    ]
    if not errors:
        errors = _linker_complaints(words)
    first = errors[0]
    where = f"{first['file']}:{first['line']}: " if first["file"] else ""
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return Image(
        uf2=b"",
        problem=f"{where}{first['message']}{more}",
        errors=errors,
        lines=[],
        size={},
        symbols={},
    )


def _complaint(match: re.Match[str], rest: str) -> Problem:
    """What the compiler says at one place; for assembler, the instruction and each reason."""
    message = match["message"].strip()
    instruction = _INSTRUCTION.search(rest)
    if instruction:
        reasons = dict.fromkeys(note["message"].strip() for note in _REASON.finditer(rest))
        message = ": ".join(
            [message.partition(", any one of")[0], " ".join(instruction["text"].split())]
        )
        message += f" ({'; or '.join(reasons)})" if reasons else ""
    if message.endswith("file not found"):
        message += " (the chip has no C library; tinyml.h, stdint.h and stddef.h are there)"
    return Problem(
        file=Path(match["file"]).name,
        line=int(match["line"]),
        column=int(match["column"]),
        message=message,
    )


def _linker_complaints(words: str) -> list[Problem]:
    found = [match["message"] or match["other"] for match in _LINKER.finditer(words)]
    text = [_explained(message.strip()) for message in found] or [words.strip()[-300:] or "failed"]
    unique = list(dict.fromkeys(text))
    return [Problem(file="", line=0, column=0, message=message) for message in unique]


def _explained(message: str) -> str:
    """The linker's words, and what they mean on this chip where that is known."""
    undefined = _UNDEFINED.search(message)
    if undefined:
        name = undefined["name"]
        if _FLOATING.search(name):
            return (
                f"The program needs {name}: floating point. The chip has none and this run-time "
                "brings none; compute with integers."
            )
        return f"{name} is used but defined nowhere."
    full = _FULL.search(message)
    if full:
        what, size = ("flash", "2 MB") if full["region"] == "FLASH" else ("RAM", "264 KB")
        return (
            f"Out of {what}: code, weights and variables are {int(full['bytes']):,} bytes more "
            f"than the chip's {size}. ({message})"
        )
    return message


# ---- what came out --------------------------------------------------------------------------


def _finished(elf_bytes: bytes) -> Image:
    elf = _elf(elf_bytes)
    image = seal_boot2(_flash_image(elf))
    return Image(
        uf2=to_uf2(image),
        problem=None,
        errors=[],
        lines=_lines(elf),
        size=_size(elf, len(image)),
        symbols=_symbols(elf),
    )


def _elf(elf_bytes: bytes) -> Any:
    from elftools.elf.elffile import ELFFile  # here: judges import this module's neighbours

    return ELFFile(io.BytesIO(elf_bytes))


def _flash_image(elf: Any) -> bytes:
    image = bytearray()
    for segment in elf.iter_segments():
        if segment["p_type"] == "PT_LOAD" and segment["p_filesz"]:
            start = segment["p_paddr"] - FLASH_START
            end = start + segment["p_filesz"]
            image.extend(bytes(max(0, end - len(image))))
            image[start:end] = segment.data()
    return bytes(image)


def _size(elf: Any, flash: int) -> dict[str, int]:
    sections = {section.name: section["sh_size"] for section in elf.iter_sections()}
    symbols = _symbols(elf)
    functions = sum(
        symbol["st_size"]
        for symbol in elf.get_section_by_name(".symtab").iter_symbols()
        if symbol["st_info"]["type"] == "STT_FUNC" and symbol["st_value"] >= symbols["__data_start"]
    )
    return {
        "flash": flash,
        "static_ram": sections.get(".data", 0) + sections.get(".bss", 0),
        "stack": sections.get(".stack", 0),
        "code": functions,
    }


def _symbols(elf: Any) -> dict[str, int]:
    table = elf.get_section_by_name(".symtab")
    return {symbol.name: symbol["st_value"] for symbol in table.iter_symbols() if symbol.name}


def _lines(elf: Any) -> list[list[Any]]:
    """[[address, file, line], …], rising; an entry holds until the next one."""
    if not elf.has_dwarf_info():
        return []
    dwarf = elf.get_dwarf_info()
    found: dict[int, tuple[str, int]] = {}
    for unit in dwarf.iter_CUs():
        program = dwarf.line_program_for_CU(unit)
        if program is None:
            continue
        names = _file_names(program)
        for entry in program.get_entries():
            state = entry.state
            if state and not state.end_sequence and state.line and state.file in names:
                found.setdefault(state.address, (names[state.file], state.line))
    return [[address, *found[address]] for address in sorted(found) if address >= FLASH_START]


def _file_names(program: Any) -> dict[int, str]:
    first = 0 if program.header["version"] >= 5 else 1
    return {
        number: Path(entry.name.decode(errors="replace")).name
        for number, entry in enumerate(program.header["file_entry"], start=first)
    }
