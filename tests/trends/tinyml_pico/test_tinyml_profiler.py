"""The profiler knows the chip's instructions and books every cycle once."""

import numpy as np
import pytest

from labkit.trends.tinyml_pico import build, codegen, device, integer, profiler

# Encodings from the ARMv6-M Architecture Reference Manual, chapter A6.7.
INSTRUCTIONS = [
    (0x4348, "muls r0, r1", "multiply"),
    (0x5688, "ldrsb r0, [r1, r2]", "load, store"),
    (0x6808, "ldr r0, [r1]", "load, store"),
    (0x7008, "strb r0, [r1]", "load, store"),
    (0x8808, "ldrh r0, [r1]", "load, store"),
    (0x9801, "ldr r0, [sp, #4]", "load, store"),
    (0x4801, "ldr r0, [pc, #4]", "load, store"),
    (0xC80C, "ldmia r0!, {r2, r3}", "load, store"),
    (0xB5F0, "push {r4-r7, lr}", "load, store"),
    (0xBDF0, "pop {r4-r7, pc}", "load, store"),
    (0x1840, "adds r0, r0, r1", "add, shift, move"),
    (0x4148, "adcs r0, r1", "add, shift, move"),
    (0x1400, "asrs r0, r0, #16", "add, shift, move"),
    (0x4480, "add r8, r0", "add, shift, move"),
    (0x4680, "mov r8, r0", "add, shift, move"),
    (0xB248, "sxtb r0, r1", "add, shift, move"),
    (0xB082, "sub sp, #8", "add, shift, move"),
    (0x3801, "subs r0, #1", "add, shift, move"),
    (0x2801, "cmp r0, #1", "compare, jump"),
    (0x4288, "cmp r0, r1", "compare, jump"),
    (0x4548, "cmp r0, r9", "compare, jump"),
    (0xD1FE, "bne", "compare, jump"),
    (0xE7FE, "b", "compare, jump"),
    (0xF000, "bl", "compare, jump"),
    (0x4770, "bx lr", "compare, jump"),
    (0x46E7, "mov pc, r12", "compare, jump"),
]


@pytest.mark.parametrize(("halfword", "name", "kind"), INSTRUCTIONS, ids=lambda one: str(one))
def test_an_instruction_has_its_kind(halfword, name, kind):
    assert profiler.kind(halfword) == kind


PROFILE = {
    0x20000000: (0x5688, 10, 20),
    0x20000002: (0x4348, 10, 10),
    0x20000100: (0x1840, 10, 10),
    0x20000102: (0xD1FE, 10, 19),
}


def test_every_cycle_is_booked_to_one_kind():
    assert list(profiler.cycles_by_kind(PROFILE).values()) == [20, 10, 10, 19]


def test_an_instruction_belongs_to_the_function_that_begins_before_it():
    symbols = {"dot": 0x20000001, "main": 0x20000101, "end": 0x20001000}
    assert profiler.cycles_by_function(PROFILE, symbols) == {"dot": 30, "main": 29}


def test_the_profile_of_an_inference_holds_all_its_cycles():
    whole = integer.int8_network("w4")
    image = build.firmware(codegen.generate(whole, "packed"))
    window = np.zeros((whole["length"], whole["channels"]), np.int8)
    with device.EmulatedPico(image["uf2"]) as pico:
        cycles, profile = pico.infer(window).cycles, pico.profile(window)
        # Profiling leaves the chip as it was.
        assert pico.infer(window).cycles == cycles
    # At both ends one instruction may lie across the line.
    assert sum(profiler.cycles_by_kind(profile).values()) == pytest.approx(cycles, abs=10)
    spent = profiler.cycles_by_function(profile, image["symbols"])
    packed = sum(part for name, part in spent.items() if name.startswith("layer_packed"))
    assert packed > 0.8 * cycles
