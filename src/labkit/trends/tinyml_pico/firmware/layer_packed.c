/* layer_packed.S once more, in C: for computers that are no Pico. Slower than the plain kernels where
 * a multiplication costs nothing; it is here so that streams and arithmetic can be tested fast. */
#include "tinyml.h"

static int32_t wrapped(int64_t value) { return (int32_t)(uint32_t)(uint64_t)value; }

static int32_t product(int32_t x, int32_t w) { return wrapped((int64_t)x * w); }

/* The shift and the ADCS of the assembler: the quotient by 65536, rounded half up. */
static int32_t upper_half(int32_t value) { return (value >> 16) + ((value >> 15) & 1); }

static int32_t requantised(int32_t acc, const int32_t *part) {
  int32_t v = ((((acc * part[0]) >> 11) + acc * part[1]) >> 10) + acc * part[2];
  int32_t value = ((v >> 10) + ((v >> 9) & 1) + part[3] + (v >> 31)) >> part[4];
  value = value < -128 ? -128 : value;
  return value > 127 ? 127 : value;
}

static const int32_t *pair(const int32_t *stream, int words, int sums, const int32_t *x,
                           int32_t *y) {
  int32_t acc[2] = {stream[0], stream[1]};
  stream += 2;
  for (int i = 0; i < words; i += 2, stream += 4) {
    for (int k = 0; k < 2; k++) {
      if (sums) {
        int64_t both = (int64_t)product(x[i], stream[2 * k]) + product(x[i + 1], stream[2 * k + 1]);
        acc[k] += upper_half(wrapped(both));
      } else {
        acc[k] += upper_half(product(x[i], stream[k])) + upper_half(product(x[i + 1], stream[2 + k]));
      }
    }
  }
  int32_t low = requantised(acc[0], stream), high = requantised(acc[1], stream + 5);
  *y = wrapped(low + ((int64_t)high * 65536));
  return stream + 10;
}

static void all_steps(const packed_layer *layer, int sums, const int32_t *x, int32_t *y) {
  for (int t = 0; t < layer->steps; t++, x += layer->stride) {
    const int32_t *stream = layer->stream;
    for (int p = 0; p < layer->pairs; p++) {
      stream = pair(stream, layer->words, sums, x, y++);
    }
  }
}

void layer_packed(const packed_layer *layer, const int32_t *x, int32_t *y) {
  all_steps(layer, 0, x, y);
}

void layer_packed7(const packed_layer *layer, const int32_t *x, int32_t *y) {
  all_steps(layer, 1, x, y);
}
