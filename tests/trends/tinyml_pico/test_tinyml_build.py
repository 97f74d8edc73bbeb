"""Builds: what comes out of a good one, and how a mistake in a learner's C is told."""

from __future__ import annotations

import json
import struct

import pytest

from labkit.trends.tinyml_pico import build, codegen, integer, uf2

HEAD = (
    '#include "tinyml.h"\n'
    "void dot_rows(const int8_t *x, const int8_t *weight, int taps, int rows,\n"
    "              const int32_t *bias, int32_t *acc) {\n"
)


def with_kernel(body: str, head: str = HEAD) -> build.Image:
    sources = codegen.generate(integer.int8_network())
    return build.firmware({**sources, "kernel.c": f"{head}{body}\n}}\n"})


@pytest.fixture(scope="module")
def image() -> build.Image:
    return build.firmware(codegen.generate(integer.int8_network()))


def test_the_image_starts_with_sealed_boot_code_and_a_vector_table(image: build.Image) -> None:
    flash = uf2.from_uf2(image["uf2"])
    assert uf2.seal_boot2(flash) == flash
    stack, entry = struct.unpack_from("<2I", flash, 256)
    assert stack == image["symbols"]["__stack_top"]
    assert entry == image["symbols"]["reset"]


def test_the_sizes_are_those_of_the_image(image: build.Image) -> None:
    size = image["size"]
    flash = uf2.from_uf2(image["uf2"])
    assert 0 <= len(flash) - size["flash"] < 256
    assert size["stack"] == 8192
    assert size["static_ram"] > size["flash"] - 1024  # all but the start is copied to RAM
    assert 0 < size["code"] < size["flash"]


def test_the_table_leads_from_an_address_to_its_source_line(image: build.Image) -> None:
    entry = image["symbols"]["network_run"] & ~1
    assert [file for address, file, _ in image["lines"] if address == entry] == ["network.c"]
    addresses = [address for address, _, _ in image["lines"]]
    assert addresses == sorted(set(addresses))


def test_an_image_is_plain_data(image: build.Image) -> None:
    rest = {key: value for key, value in image.items() if key != "uf2"}
    assert json.loads(json.dumps(rest)) == rest
    assert isinstance(image["uf2"], bytes)


def test_the_same_sources_give_the_same_bytes(image: build.Image) -> None:
    again = build.firmware(codegen.generate(integer.int8_network()))
    assert again["uf2"] == image["uf2"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("acc[0] = 1", "kernel.c:4: expected ';' after expression"),
        ("\nacc[0] = total;", "kernel.c:5: use of undeclared identifier 'total'"),
        ("int n = ;\nint m = ;", r"kernel.c:4: expected expression \(and 1 more\)"),
        ("volatile float f = taps; acc[0] = f * 2.5f;", "floating point.*compute with integers"),
        ("extern int lookup(int); acc[0] = lookup(taps);", "lookup is used but defined nowhere"),
        ("static int t[80000]; t[taps] = 1; acc[0] = t[rows];", r"Out of RAM: .* 264 KB"),
    ],
)
def test_a_mistake_is_told_with_its_line(body: str, problem: str) -> None:
    failed = with_kernel(body)
    assert failed["uf2"] == b""
    with pytest.raises(AssertionError, match=problem):
        raise AssertionError(failed["problem"])


def test_a_missing_header_is_told_with_what_there_is() -> None:
    failed = with_kernel("", head="#include <math.h>\n" + HEAD)
    assert failed["errors"][0]["line"] == 1
    assert "'math.h' file not found (the chip has no C library" in (failed["problem"] or "")


def test_a_kernel_of_another_name_is_missed_by_the_linker() -> None:
    failed = with_kernel("", head="int sum(void) { return 0; }\nint other(void) {")
    assert "dot_rows is used but defined nowhere" in (failed["problem"] or "")


def test_every_error_is_listed_with_file_line_and_column() -> None:
    failed = with_kernel("int n = ;\nint m = ;")
    places = [(error["file"], error["line"], error["column"]) for error in failed["errors"]]
    assert places == [("kernel.c", 4, 9), ("kernel.c", 5, 9)]


def test_a_mistake_in_one_build_leaves_the_next_alone() -> None:
    assert with_kernel("acc[0] = 1")["problem"] is not None
    assert with_kernel("while (rows--) *acc++ = *bias++;")["problem"] is None


def test_division_and_products_of_64_bits_need_no_library() -> None:
    body = (
        "volatile int64_t big = (int64_t)taps * rows; big = big * big >> rows;\n"
        "acc[0] = (int32_t)big / taps + rows % taps;"
    )
    assert with_kernel(body)["problem"] is None


def test_the_folder_of_the_build_does_not_show_in_messages() -> None:
    assert "/" not in (with_kernel("acc[0] = total;")["problem"] or "/")


def test_a_mistake_in_assembler_is_told_with_the_instruction_and_every_reason() -> None:
    made = with_kernel('  __asm__ volatile("nop\\n ldrsb r0, [r1, #4]\\n");')
    assert made["problem"]
    assert "invalid instruction: ldrsb r0, [r1, #4] (" in made["problem"]
    assert "invalid operand for instruction)" in made["problem"]


def test_a_mistake_in_assembler_without_other_ways_is_told_as_it_is() -> None:
    made = with_kernel('  __asm__ volatile("frob r1");')
    assert made["problem"] == "kernel.c:4: invalid instruction: frob r1"
