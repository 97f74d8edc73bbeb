"""Pico devices: the emulated one measures from outside and names what is wrong, the serial one
speaks the same protocol."""

from __future__ import annotations

import socket
import threading
import zlib
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from labkit.trends.tinyml_pico import build, codegen, data, device, integer, uf2
from labkit.trends.tinyml_pico._chip import Fault
from labkit.trends.tinyml_pico.device import DeviceError, EmulatedPico, SerialPico

HEAD = (
    '#include "tinyml.h"\n'
    "void dot_rows(const int8_t *x, const int8_t *weight, int taps, int rows,\n"
    "              const int32_t *bias, int32_t *acc) {\n"
)
NETWORK = integer.int8_network()
WINDOWS = integer.quantise_input(NETWORK, data.part("test").signal[:3])


@cache
def network_image(kernel: str = "packed") -> build.Image:
    return build.firmware(codegen.generate(NETWORK, kernel))


def kernel_image(body: str, head: str = HEAD) -> build.Image:
    sources = codegen.generate(NETWORK)
    image = build.firmware({**sources, "kernel.c": f"{head}{body}\n}}\n"})
    assert image["problem"] is None
    return image


def judged(image: build.Image) -> device.Verdict:
    return device.judge(image["uf2"], WINDOWS[:1], lines=image["lines"], cycles=3_000_000)


@pytest.fixture(scope="module")
def pico() -> EmulatedPico:
    image = network_image()
    return EmulatedPico(image["uf2"], lines=image["lines"])


# ---- an emulated Pico that works ------------------------------------------------------------


def test_the_chip_answers_what_the_reference_says(pico: EmulatedPico) -> None:
    answers = np.stack([pico.infer(window).output for window in WINDOWS])
    assert (answers == integer.run(NETWORK, WINDOWS)).all()


def test_the_image_goes_through_boot_rom_and_second_stage(pico: EmulatedPico) -> None:
    stages, cycles = zip(*pico.boot_log, strict=True)
    assert stages == ("rom", "boot2", "reset", "ready")
    assert list(cycles) == sorted(cycles)


def test_two_runs_take_the_same_cycles() -> None:
    cycles = []
    for seed in (1, 2):
        pico = EmulatedPico(network_image()["uf2"], seed=seed)
        cycles.append([pico.infer(window).cycles for window in WINDOWS])
    assert cycles[0] == cycles[1]


def test_the_packed_kernels_take_less_than_three_and_a_half_cycles_a_mac(
    pico: EmulatedPico,
) -> None:
    assert pico.infer(WINDOWS[0]).cycles == pytest.approx(234_000, rel=0.01)


def test_seven_bit_weights_save_less_than_a_tenth(pico: EmulatedPico) -> None:
    narrow = integer.int8_network("int7")
    image = build.firmware(codegen.generate(narrow, "packed7"))
    window = integer.quantise_input(narrow, data.part("test").signal[0])
    seven = EmulatedPico(image["uf2"]).infer(window).cycles
    assert seven == pytest.approx(216_500, rel=0.01)
    assert seven / pico.infer(WINDOWS[0]).cycles > 0.9


def test_the_given_plain_kernel_takes_more_than_seven_hundred_thousand_cycles() -> None:
    answer = EmulatedPico(network_image("plain")["uf2"]).infer(WINDOWS[0])
    assert (answer.output == integer.run(NETWORK, WINDOWS[:1])[0]).all()
    assert answer.cycles == pytest.approx(844_500, rel=0.01)


def test_measured_and_said_agree_on_an_honest_image(pico: EmulatedPico) -> None:
    answer = pico.infer(WINDOWS[0])
    assert 0 <= answer.cycles - answer.said_cycles < 1000
    assert pico.stack_bytes == pico.said_stack()


def test_ram_is_code_variables_and_the_deepest_stack(pico: EmulatedPico) -> None:
    pico.infer(WINDOWS[0])
    size = network_image()["size"]
    # Words that happen to hold the paint, and variables that nobody writes, do not count.
    assert 0.97 * size["static_ram"] < pico.ram_bytes - pico.stack_bytes <= size["static_ram"]
    assert 100 < pico.stack_bytes < 600


def test_flash_is_the_length_of_the_image(pico: EmulatedPico) -> None:
    assert 0 <= pico.flash_bytes - network_image()["size"]["flash"] < 256


def test_a_profile_accounts_for_every_cycle_of_an_inference(pico: EmulatedPico) -> None:
    cycles = sum(cycles for _, _, cycles in pico.profile(WINDOWS[0]).values())
    assert cycles == pytest.approx(pico.infer(WINDOWS[0]).cycles, rel=0.02)


def test_the_selftest_reports_clock_cycles_and_checksum() -> None:
    image = build.selftest()
    report = device.selftest(EmulatedPico(image["uf2"]))
    assert report.clock_hz == pytest.approx(125_000_000, rel=1e-4)
    assert (report.load, report.multiply, report.branch) == pytest.approx((2.3, 1.3, 2.3), abs=0.01)
    assert report.checksum == zlib.crc32(uf2.from_uf2(image["uf2"])[:2048])


def test_a_network_is_not_taken_for_the_selftest(pico: EmulatedPico) -> None:
    with pytest.raises(DeviceError, match="is a network, not the self-test"):
        device.selftest(pico)


def test_real_numbers_are_not_taken_for_int8(pico: EmulatedPico) -> None:
    with pytest.raises(TypeError, match="takes int8 values, got float32"):
        pico.infer(WINDOWS[0].astype(np.float32))


def test_a_window_of_the_wrong_size_is_refused(pico: EmulatedPico) -> None:
    with pytest.raises(DeviceError, match="takes 384 bytes, the window has 378"):
        pico.infer(WINDOWS[0][:63])


def changed_runtime(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> EmulatedPico:
    """A Pico with a plain network whose run-time was tampered with."""
    original = build.runtime_file
    assert any(old in original(name) for name in build.RUNTIME)
    monkeypatch.setattr(build, "runtime_file", lambda name: original(name).replace(old, new))
    # The honest run-time may have been compiled before, and this one is not to be kept.
    monkeypatch.setattr(build, "_runtime", build._runtime.__wrapped__)
    return EmulatedPico(build.firmware(codegen.generate(NETWORK))["uf2"])


def test_an_image_that_answers_before_it_computes_gains_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    early = "  usb_write(&result, 1);\n  network_run();"
    pico = changed_runtime(monkeypatch, "  network_run();", early)
    # One byte too many, then: but the time counts to the last byte that was waited for.
    pico._chip.send(b"I" + WINDOWS[0].tobytes())
    assert pico._chip.run(lambda: len(pico._chip.received) >= 12, 10**7, 10)
    assert pico._chip.answer_cycles(12) > 840_000


def test_an_image_that_computes_before_it_takes_the_last_packet_gains_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pico = changed_runtime(
        monkeypatch,
        "  read_all((uint8_t *)network_input, NETWORK_INPUT_BYTES);\n",
        "  read_all((uint8_t *)network_input, 380);\n  network_run();\n"
        "  read_all((uint8_t *)network_input + 380, 4);\n",
    )
    honest = EmulatedPico(network_image("plain")["uf2"]).infer(WINDOWS[0]).cycles
    # The packet that completes the window was asked for before; only the rest can come early.
    assert pico.infer(WINDOWS[0]).cycles > 1.9 * honest


def test_an_image_that_lies_about_its_cycles_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lie = "  result.cycles = 7;\n  result.kind"
    answer = changed_runtime(monkeypatch, "  result.kind", lie).infer(WINDOWS[0])
    assert answer.said_cycles == 7
    assert answer.cycles > 840_000


@pytest.mark.parametrize(
    ("body", "name"), [("0x50000000", "DMA"), ("0x4004c000", "ADC"), ("0x50200000", "PIO0")]
)
def test_peripherals_that_could_stop_the_emulator_are_left_out(body: str, name: str) -> None:
    verdict = judged(kernel_image(f"*(volatile int *){body} = 1;"))
    assert verdict["kind"] == "hard fault"
    assert f"uses the {name}, which is left out" in (verdict["problem"] or "")


# ---- what can be wrong with an image --------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("*(volatile int *)0x60000000 = 1;", "writes to address 0x60000000, where nothing is"),
        ("acc[0] = *(volatile int *)0x20100000;", "reads address 0x20100000, where nothing is"),
        ("acc[0] = *(const volatile int *)(weight + 1);", "which is no multiple of 4"),
        ("__builtin_trap();", "breakpoint or undefined instruction"),
        ("volatile int t[3000]; for (int i = 3000; i--;) t[i] = i; acc[0] = t[7];", "overflows"),
    ],
)
def test_a_hard_fault_is_told_with_its_source_line(body: str, words: str) -> None:
    verdict = judged(kernel_image(f"\n\n{body}"))
    assert verdict["kind"] == "hard fault"
    assert words in (verdict["problem"] or "")
    assert "kernel.c:" in (verdict["problem"] or "")


def test_endless_recursion_is_a_stack_that_overflows() -> None:
    head = f"static volatile int n;\nint deep(int i) {{ return deep(i + 1) + n; }}\n{HEAD}"
    verdict = judged(kernel_image("acc[0] = deep(taps);", head=head))
    assert "the stack of 8,192 bytes overflows" in (verdict["problem"] or "")
    assert verdict["stack"] == 8192


@pytest.mark.parametrize(
    ("address", "place"), [("0", "0x00000000, in ROM"), ("0x10000100", "0x10000100, in flash")]
)
def test_writing_where_one_can_only_read_is_a_hard_fault(address: str, place: str) -> None:
    verdict = judged(kernel_image(f"*(volatile int *){address} = 1;"))
    assert verdict["kind"] == "hard fault"
    assert f"the program wrote to {place}" in (verdict["problem"] or "")


def test_a_jump_to_nowhere_names_the_caller() -> None:
    verdict = judged(kernel_image("((void (*)(void))0x30000001)(); acc[0] = 1;"))
    assert "Hard fault at kernel.c:4" in (verdict["problem"] or "")
    assert "there is no code at 0x30000000" in (verdict["problem"] or "")


def test_an_endless_loop_ends_with_the_budget_and_its_line() -> None:
    verdict = judged(kernel_image("\n\nwhile (1) {\n}"))
    assert verdict["kind"] == "time"
    assert "The program is at kernel.c:" in (verdict["problem"] or "")
    assert "No answer within 3,000,000 cycles (24 ms on the chip)" in (verdict["problem"] or "")


def test_a_program_that_sleeps_for_ever_does_not_use_up_the_budget() -> None:
    verdict = judged(kernel_image('while (1) __asm volatile("wfi");'))
    assert "sleeps at kernel.c:4" in (verdict["problem"] or "")


def test_a_wrong_result_is_no_fault() -> None:
    verdict = judged(kernel_image("while (rows--) *acc++ = 0;"))
    assert verdict["problem"] is None
    assert (verdict["outputs"][0] != integer.run(NETWORK, WINDOWS[:1])[0]).any()


def test_what_was_measured_before_a_failure_is_kept() -> None:
    body = "static int calls; if (calls++ > 80) while (1) {\n}\nwhile (rows--) *acc++ = *bias++;"
    image = kernel_image(body)
    verdict = device.judge(image["uf2"], WINDOWS, lines=image["lines"], cycles=3_000_000)
    assert (verdict["kind"], len(verdict["outputs"]), len(verdict["cycles"])) == ("time", 1, 1)


def test_one_wrong_bit_in_the_second_stage_keeps_the_chip_in_its_boot_rom() -> None:
    file = bytearray(network_image()["uf2"])
    file[32 + 20] ^= 1
    with pytest.raises(DeviceError, match="The boot ROM refuses the image") as caught:
        EmulatedPico(bytes(file))
    assert caught.value.kind == "no boot"


def test_boot_code_that_goes_nowhere_is_told() -> None:
    loop = b"\xfe\xe7"  # b .
    verdict = device.judge(uf2.to_uf2(uf2.seal_boot2(loop * 256)), [], cycles=1_000_000)
    assert verdict["kind"] == "no boot"
    assert "never reaches the reset handler" in (verdict["problem"] or "")


def test_a_program_that_never_appears_on_usb_is_told() -> None:
    image = bytearray(uf2.from_uf2(network_image()["uf2"]))
    entry = int.from_bytes(image[260:264], "little") & ~1
    image[entry - uf2.FLASH_START :][:2] = b""
    image[entry - uf2.FLASH_START : entry - uf2.FLASH_START + 2] = b"\xfe\xe7"
    verdict = device.judge(uf2.to_uf2(bytes(image)), [], cycles=1_000_000)
    assert verdict["kind"] == "no boot"
    assert "never appears on USB" in (verdict["problem"] or "")


@pytest.mark.parametrize("file", [None, "text", b"", b"x" * 512, 7])
def test_what_is_no_image_is_a_verdict_and_no_exception(file: object) -> None:
    verdict = device.judge(file, WINDOWS)
    assert (verdict["kind"], verdict["flash"], verdict["ram"]) == ("malformed", 0, 0)


@pytest.mark.parametrize("seed", range(6))
def test_random_bytes_behind_a_good_start_never_escape_as_an_exception(seed: int) -> None:
    image = bytearray(uf2.from_uf2(network_image()["uf2"]))
    noise = np.random.default_rng(seed).integers(0, 256, len(image) - 1024, dtype=np.uint8)
    image[1024:] = noise.tobytes()
    verdict = device.judge(uf2.to_uf2(bytes(image)), WINDOWS, cycles=1_000_000, seconds=2)
    assert verdict["kind"] in device.KINDS


def test_a_table_of_lines_that_is_nonsense_is_ignored() -> None:
    lines = [[1], ["a", "b", "c"], [0x20002000, "x" * 1000, 3]]
    verdict = device.judge(kernel_image("__builtin_trap();")["uf2"], WINDOWS, lines=lines)
    assert verdict["kind"] == "hard fault"
    assert len(verdict["problem"] or "") < 300


# ---- a board on a serial port ---------------------------------------------------------------


def serve(pico: EmulatedPico, server: socket.socket) -> None:
    """Stand in for the cable: bytes from the port to the emulated chip, and its answers back."""
    chip = pico._chip
    connection, _ = server.accept()
    with connection:
        while request := connection.recv(4096):
            while request[:1] == b"I" and len(request) < 385:
                request += connection.recv(4096)
            wanted = {b"?": 17, b"S": 5}.get(request, 12)
            chip.send(request)
            try:
                chip.run(lambda wanted=wanted: len(chip.received) >= wanted, 10**7, 10)
            except Fault:
                chip.enter_fault_handler()
                chip.run(lambda: len(chip.received) >= 9, 10**7, 10)
            connection.sendall(bytes(chip.received))


def port_of(image: build.Image) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(
            target=serve, args=(EmulatedPico(image["uf2"]), server), daemon=True
        )
        thread.start()
        yield f"socket://127.0.0.1:{server.getsockname()[1]}"
        thread.join(timeout=30)


@pytest.fixture
def port() -> Iterator[str]:
    yield from port_of(network_image())


@pytest.fixture
def faulty_port() -> Iterator[str]:
    yield from port_of(kernel_image("__builtin_trap();"))


def test_a_serial_pico_answers_in_the_same_words(port: str) -> None:
    with SerialPico(port) as board:
        assert board.info == (384, 7, 125_000_000)
        answer = board.infer(WINDOWS[0])
        assert 100 < board.stack_bytes < 600
    assert (answer.output == integer.run(NETWORK, WINDOWS[:1])[0]).all()
    assert answer.cycles == answer.said_cycles == pytest.approx(234_000, rel=0.01)


def test_a_board_tells_its_hard_fault_by_itself(faulty_port: str) -> None:
    image = kernel_image("__builtin_trap();")
    kernel = [address for address, file, _ in image["lines"] if file == "kernel.c"]
    with SerialPico(faulty_port) as board, pytest.raises(DeviceError) as caught:
        board.infer(WINDOWS[0])
    assert caught.value.kind == "hard fault"
    pc = int(str(caught.value).split()[3].rstrip(","), 16)
    assert min(kernel) <= pc <= max(kernel) + 2


def test_a_port_that_does_not_exist_is_told() -> None:
    with pytest.raises(DeviceError, match="cannot be opened"):
        SerialPico("/dev/no-such-port")


def test_a_board_that_keeps_silent_is_told_what_to_do() -> None:
    with pytest.raises(DeviceError, match="Hold BOOTSEL"):
        SerialPico("loop://", seconds=0.05)
