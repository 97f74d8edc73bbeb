"""Right and wrong answers to the task `kernel`: C.

Some of them are not compiled at all, some stop the chip.
"""

from __future__ import annotations

from labkit.trends.tinyml_pico import build, codegen, integer

from .sharing import sharing

__all__ = ["RIGHT", "WRONG", "sharing"]

SIGNATURE = """
#include "tinyml.h"
void dot_rows(const int8_t *x, const int8_t *weight, int taps, int rows, const int32_t *bias,
              int32_t *acc) {
"""


def _kernel(text, optimise="-O2"):
    def image(network):
        sources = codegen.generate(network, "plain") | {"kernel.c": text}
        return build.firmware(sources, optimise=optimise)

    return image


BOTH_SUMS = r"""
#include "tinyml.h"

/* The sums of two rows in one 64-bit result, from the last tap to the first. */
static __attribute__((noinline)) uint64_t both(const int8_t *x, const int8_t *a, const int8_t *b,
                                               int n) {
  int32_t s = 0, t = 0;
#pragma clang loop unroll(disable)
  do { int i = --n;
    int32_t value = x[i];
    s += value * a[i];
    t += value * b[i];
  } while (n);
  return (uint32_t)s | (uint64_t)(uint32_t)t << 32;
}

void dot_rows(const int8_t *x, const int8_t *weight, int taps, int rows, const int32_t *bias,
              int32_t *acc) {
  const int8_t *a = weight;
  while (rows > 0) {
    const int8_t *b = rows > 1 ? a + taps : a;
    uint64_t sums = both(x, a, b, taps);
    *acc++ = *bias++ + (int32_t)(uint32_t)sums;
    if (rows > 1) *acc++ = *bias++ + (int32_t)(sums >> 32);
    a = b + taps;
    rows -= 2;
  }
}
"""

INLINE_ASSEMBLER = r"""
#include "tinyml.h"

static int32_t rows_of_two(const int8_t *x, const int8_t *a, const int8_t *b, int n, int32_t s,
                           int32_t *other) {
  int32_t t = *other, v, w;
  __asm__ volatile(
      "1: subs %[n], #1\n"
      "ldrsb %[v], [%[x], %[n]]\n"
      "ldrsb %[w], [%[a], %[n]]\n"
      "muls %[w], %[v]\n"
      "add %[s], %[w]\n"
      "ldrsb %[w], [%[b], %[n]]\n"
      "muls %[w], %[v]\n"
      "add %[t], %[w]\n"
      "cmp %[n], #0\n"
      "bne 1b\n"
      : [n] "+l"(n), [s] "+r"(s), [t] "+r"(t), [v] "=&l"(v), [w] "=&l"(w)
      : [x] "l"(x), [a] "l"(a), [b] "l"(b)
      : "cc");
  *other = t;
  return s;
}

void dot_rows(const int8_t *x, const int8_t *weight, int taps, int rows, const int32_t *bias,
              int32_t *acc) {
  for (int r = 0; r < rows; r += 2) {
    const int8_t *a = weight + r * taps;
    int second = r + 1 < rows;
    int32_t other = second ? bias[r + 1] : 0;
    acc[r] = rows_of_two(x, a, second ? a + taps : a, taps, bias[r], &other);
    if (second) acc[r + 1] = other;
  }
}
"""

SIMPLE = """
  for (int r = 0; r < rows; r++) {
    int32_t sum = bias[r];
    for (int i = 0; i < taps; i++) sum += x[i] * weight[r * taps + i];
    acc[r] = sum;
  }
}
"""

UNROLLED = r"""
#include "tinyml.h"
static __attribute__((noinline)) int32_t row(const int8_t *x, const int8_t *w, int i,
                                             int32_t sum) {
  while (i & 3) { i--; sum += x[i] * w[i]; }
  while (i) {
    i--; sum += x[i] * w[i];
    i--; sum += x[i] * w[i];
    i--; sum += x[i] * w[i];
    i--; sum += x[i] * w[i];
  }
  return sum;
}
void dot_rows(const int8_t *x, const int8_t *weight, int taps, int rows, const int32_t *bias,
              int32_t *acc) {
  for (int r = 0; r < rows; r++, weight += taps) acc[r] = row(x, weight, taps, bias[r]);
}
"""


FOUR_ROWS = (
    SIGNATURE
    + """
  int r = 0;
  for (; r + 4 <= rows; r += 4) {
    const int8_t *a = weight + r * taps, *b = a + taps, *c = b + taps, *d = c + taps;
    int32_t s = bias[r], t = bias[r + 1], u = bias[r + 2], v = bias[r + 3];
    for (int i = 0; i < taps; i++) {
      int32_t value = x[i];
      s += value * a[i];
      t += value * b[i];
      u += value * c[i];
      v += value * d[i];
    }
    acc[r] = s, acc[r + 1] = t, acc[r + 2] = u, acc[r + 3] = v;
  }
  for (; r < rows; r++) {
    acc[r] = bias[r];
    for (int i = 0; i < taps; i++) acc[r] += x[i] * weight[r * taps + i];
  }
}
"""
)


# The given loop, and two remarks to the compiler. It ends among the ways to share a load: 724,000
# cycles, four rows at a time 699,000 to 735,000. So the task counts fewer branches as an idea.
LEFT_TO_THE_COMPILER = r"""
#include "tinyml.h"
void dot_rows(const int8_t *restrict x, const int8_t *restrict weight, int taps, int rows,
              const int32_t *restrict bias, int32_t *restrict acc) {
  while (rows--) {
    int32_t sum = *bias++;
#pragma clang loop unroll_count(12)
    for (int i = 0; i < taps; i++) sum += x[i] * weight[i];
    weight += taps;
    *acc++ = sum;
  }
}
"""


def _unrolled_by_two():
    one = "    i--; sum += x[i] * w[i];\n"
    return UNROLLED.replace("i & 3", "i & 1").replace(4 * one, 2 * one)


def _pairs_in_16_bits():
    """Two products are added up in 16 bits, which hold all pairs but -128 * -128 twice."""
    one = "    i--; sum += x[i] * w[i];\n"
    both = "    i -= 2; sum += (int16_t)(x[i] * w[i] + x[i + 1] * w[i + 1]);\n"
    return UNROLLED.replace("i & 3", "i & 1").replace(4 * one, both)


def _simple(old, new):
    assert old in SIMPLE
    return _kernel(SIGNATURE + SIMPLE.replace(old, new))


def _pairs_only():
    """Two rows at once, and nothing for an odd one."""
    return BOTH_SUMS.replace("while (rows > 0)", "while (rows > 1)")


def _words():
    """Four activations in one load, from wherever they begin."""
    return (
        SIGNATURE
        + """
  for (int r = 0; r < rows; r++) {
    int32_t sum = bias[r];
    int i = 0;
    for (; i + 3 < taps; i += 4) {
      int32_t four = *(const volatile int32_t *)(x + i);
      for (int k = 0; k < 4; k++) sum += (int8_t)(four >> (8 * k)) * weight[r * taps + i + k];
    }
    for (; i < taps; i++) sum += x[i] * weight[r * taps + i];
    acc[r] = sum;
  }
}
"""
    )


def _changed(change):
    """The image of a right kernel, its UF2 bytes changed afterwards."""

    def image(network):
        made = _kernel(BOTH_SUMS)(network)
        return {**made, "uf2": change(made["uf2"])}

    return image


def _flip(at):
    def flipped(uf2):
        changed = bytearray(uf2)
        changed[at] ^= 1
        return bytes(changed)

    return flipped


def _of_another_network(network):
    """An image that was built beforehand, whatever network is asked for."""
    return _kernel(BOTH_SUMS)(integer.int8_network("int8"))


RIGHT = {
    "two sums in one result": _kernel(BOTH_SUMS),
    "inline assembler": _kernel(INLINE_ASSEMBLER),
    "four rows, for size": _kernel(FOUR_ROWS, "-Os"),
    "one row, unrolled": _kernel(UNROLLED),
    "unrolled by the compiler": _kernel(LEFT_TO_THE_COMPILER),
}
WRONG = {
    "the given kernel": (_kernel(SIGNATURE + SIMPLE), "less than 5 % faster than the kernel"),
    "unrolled by two, for size": (
        _kernel(_unrolled_by_two(), "-Os"),
        "Below 760,000 is wanted",
        0.5,
    ),
    "does not compile": (_simple("sum;", "sum"), "kernel.c:"),
    "name misspelt": (_kernel(SIGNATURE.replace("dot_rows", "dot_row") + SIMPLE), "dot_rows"),
    "floating point": (_simple("int32_t sum", "float sum"), "floating point"),
    "calls a library": (
        _kernel("#include <stdlib.h>\n" + SIGNATURE + SIMPLE),
        "kernel.c:1",
    ),
    "bias forgotten": (_simple("= bias[r]", "= 0"), "get wrong answers"),
    "unsigned activations": (
        _simple("x[i] *", "((const uint8_t *)x)[i] *"),
        "get wrong answers",
    ),
    "16-bit sums": (_simple("int32_t sum", "int16_t sum"), "get wrong answers"),
    "two products in 16 bits": (_kernel(_pairs_in_16_bits()), "get wrong answers"),
    "last tap left out": (_simple("i < taps", "i < taps - 1"), "get wrong answers"),
    "odd rows forgotten": (_kernel(_pairs_only()), "get wrong answers"),
    "words from odd addresses": (_kernel(_words()), "Hard fault at kernel.c:"),
    "writes to nowhere": (
        _simple("acc[r] = sum;", "*(volatile int32_t *)0xF0000000 = sum;"),
        "Hard fault at kernel.c:",
    ),
    "waits for what never comes": (
        _kernel("static volatile int ready;" + SIGNATURE + "  while (!ready) {}" + SIMPLE),
        "kernel.c:",
    ),
    "endless loop": (
        _simple("acc[r] = sum;", "acc[r] = sum; if (r == rows - 1) r = -1;"),
        "endless loop",
    ),
    "a table too large for the chip": (
        _kernel("static volatile char table[300000];" + SIGNATURE + "  table[taps] = 1;" + SIMPLE),
        "Out of RAM",
    ),
    "tramples over memory": (
        _simple("acc[r] = sum;", "acc[r] = sum; for (int k = 0; k < 60000; k++) acc[k + 64] = k;"),
        "",
    ),
    "image cut short": (_changed(lambda uf2: uf2[:-512]), ""),
    "no UF2": (_changed(lambda uf2: b"MZ" + uf2[2:]), ""),
    "first page changed": (_changed(_flip(32 + 10)), ""),
    "nothing in it": (_changed(lambda uf2: b""), ""),
    "a text for bytes": (_changed(lambda uf2: uf2.hex()), "it should be the bytes"),
    "image of another network": (_of_another_network, "another network"),
    "the bytes alone": (lambda network: _kernel(BOTH_SUMS)(network)["uf2"], "A dictionary was"),
}

HARMLESS = {
    "wheel: exam answer is in practice answer": "all images hold the same run-time",
    "wheel: exam answer is in what labkit.trends.tinyml_pico.build.selftest loads": "so does this",
}
