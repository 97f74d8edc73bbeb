/* The plain layers around dot_rows: requantisation, clamping, pooling. Portable C: the tests run
 * the same file on the host. tinyml.h holds the contracts. */
#include "tinyml.h"

/* The saturating rounding doubling high product floor((a * m + 2^30) / 2^31), from four 16 bit
 * products, since a Cortex-M0+ multiplies 32 x 32 to 32 bits only. m > 0, so nothing saturates. */
static int32_t doubling_high_product(int32_t a, int32_t m) {
  uint32_t a_low = (uint32_t)a & 0xffff;
  uint32_t m_low = (uint32_t)m & 0xffff;
  int32_t a_high = a >> 16;
  int32_t m_high = m >> 16;
  uint32_t low_low = a_low * m_low;
  uint32_t low_high = a_low * (uint32_t)m_high;
  int32_t high_low = a_high * (int32_t)m_low;
  int32_t high_high = a_high * m_high;
  /* Bits 16 and up of the product, split so that no sum passes 32 bits. */
  int32_t middle = high_low + (int32_t)(low_high & 0x7fff) + (int32_t)(low_low >> 16);
  return high_high * 2 + (int32_t)(low_high >> 15) + ((middle + (1 << 14)) >> 15);
}

int32_t requantise(int32_t acc, int32_t multiplier, int shift) {
  if (shift > 0) {
    acc = (int32_t)((uint32_t)acc << shift);
  }
  int32_t high = doubling_high_product(acc, multiplier);
  if (shift >= 0) {
    return high;
  }
  /* Half of the divisor, and one less for a negative value: a tie goes away from zero. */
  return (high + (1 << (-shift - 1)) + (high >> 31)) >> -shift;
}

/* The layer is copied to locals: a store through int8_t * might change any memory, so its fields
 * would be read again for every output. */
static void requantise_row(const tinyml_layer *layer, const int32_t *acc, int8_t *restrict y) {
  const int32_t *multiplier = layer->multiplier;
  const int8_t *shift = layer->shift;
  int zero_point = layer->zero_point_out, low = layer->low, high = layer->high;
  for (int r = 0; r < layer->rows; r++) {
    int32_t value = requantise(acc[r], multiplier[r], shift[r]) + zero_point;
    value = value < low ? low : value;
    y[r] = (int8_t)(value > high ? high : value);
  }
}

void layer_plain(const tinyml_layer *layer, const int8_t *x, int8_t *y) {
  int32_t acc[TINYML_MAX_ROWS];
  for (int t = 0; t < layer->steps; t++) {
    dot_rows(x, layer->weight, layer->taps, layer->rows, layer->bias, acc);
    requantise_row(layer, acc, y);
    x += layer->stride;
    y += layer->rows;
  }
}

static int32_t rounded_mean(int32_t sum, int steps) {
  int half = steps / 2;
  return sum > 0 ? (sum + half) / steps : -((-sum + half) / steps);
}

void average_pool_plain(const int8_t *x, int8_t *y, int steps, int channels) {
  for (int c = 0; c < channels; c++) {
    int32_t sum = 0;
    for (int t = 0; t < steps; t++) {
      sum += x[t * channels + c];
    }
    y[c] = (int8_t)rounded_mean(sum, steps);
  }
}

/* ---- packed words ---- */

static int32_t lower(int32_t word) { return (int16_t)word; }

/* The upper value is the rounded quotient: adding 2^15 undoes the borrow of a negative lower one.
 */
static int32_t upper(int32_t word) { return (int32_t)((uint32_t)word + 0x8000u) >> 16; }

static int32_t join(int32_t low, int32_t high) {
  return (int32_t)((uint32_t)low + ((uint32_t)high << 16));
}

void pack(const int8_t *x, int32_t *words, int count) {
  for (int i = 0; i < count; i += 2) {
    *words++ = join(x[i], x[i + 1]);
  }
}

void unpack(const int32_t *words, int8_t *x, int count) {
  for (int i = 0; i < count; i++) {
    x[i] = (int8_t)(i % 2 ? upper(words[i / 2]) : lower(words[i / 2]));
  }
}

void average_pool_packed(const int32_t *x, int32_t *y, int steps, int pairs) {
  for (int p = 0; p < pairs; p++) {
    uint32_t sum = 0;
    for (int t = 0; t < steps; t++) {
      sum += (uint32_t)x[t * pairs + p]; /* both halves at once: 256 steps stay within 16 bits */
    }
    int32_t word = (int32_t)sum;
    y[p] = join(rounded_mean(lower(word), steps), rounded_mean(upper(word), steps));
  }
}
