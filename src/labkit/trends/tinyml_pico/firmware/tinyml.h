/* The run-time's only public header: every kernel that a generated network may call, with its
 * shapes, its arithmetic and what it costs on a Cortex-M0+ at 125 MHz.
 *
 * Arithmetic. Everything follows the int8 specification of TensorFlow Lite: int8 activations and
 * weights (weights in -127..127), int32 accumulators, and a requantisation that first takes a
 * saturating, rounding, doubling high product with a 31 bit multiplier and then a rounding right
 * shift (both halves are rounded; see requantise). Layout: time-major, channel-minor.
 *
 * Two families of kernels compute the same bytes:
 *  - plain: C, int8 arrays, about ten cycles a multiply-accumulate (MAC);
 *  - packed: assembler, two values a 32 bit word, about three cycles a MAC.
 */
#ifndef TINYML_H
#define TINYML_H

#include <stddef.h>
#include <stdint.h>

#define TINYML_MAX_ROWS 64 /* output channels of one plain layer: its accumulators are on the stack */

/* ---- plain kernels (kernels.c, dot_rows.c) ---------------------------------------------------- */

/* acc[r] = bias[r] + sum over i of x[i] * weight[r * taps + i], for r = 0 .. rows - 1.
 * The inner kernel of every plain layer, called once an output step. rows >= 1 and taps >= 1 may be
 * any number, also odd; x and weight may start at any address, bias and acc at a multiple of 4.
 * dot_rows.c holds a simple version; your own definition of the same name replaces it. */
void dot_rows(const int8_t *x, const int8_t *weight, int taps, int rows, const int32_t *bias,
              int32_t *acc);

/* A dense layer, or a convolution over time (a dense layer is a convolution with one step). */
typedef struct {
  const int8_t *weight;      /* rows x taps; taps = kernel length * input channels */
  const int32_t *bias;       /* rows; the input's zero point is folded in: bias - zero * sum(w) */
  const int32_t *multiplier; /* rows; in 2^30 .. 2^31 - 1 */
  const int8_t *shift;       /* rows; as in TFLite: above 0 to the left, below 0 to the right */
  int16_t taps, rows, steps; /* steps: output steps */
  int16_t stride;            /* int8 elements from one window to the next: stride * channels */
  int8_t zero_point_out, low, high; /* low and high clamp (ReLU: low = zero_point_out) */
} tinyml_layer;

/* y[t * rows + r] for all steps t. x: the first window; a padded input is padded by the caller. */
void layer_plain(const tinyml_layer *layer, const int8_t *x, int8_t *y);

/* The mean of each channel over all steps, rounded half away from zero. x: steps x channels. */
void average_pool_plain(const int8_t *x, int8_t *y, int steps, int channels);

/* acc * multiplier * 2^(shift - 31), rounded as TFLite's MultiplyByQuantizedMultiplier does in its
 * double rounding form: ties of the first rounding go up, of the second away from zero.
 * multiplier >= 0, -31 <= shift <= 30, |acc| * 2^max(shift, 0) < 2^30. Only 32 bit arithmetic. */
int32_t requantise(int32_t acc, int32_t multiplier, int shift);

/* ---- packed kernels (layer_packed.S) --------------------------------------------------------- */

/* Packed activations: word i holds x[2i] + x[2i+1] * 65536, added as integers. Weights are packed
 * the other way round, w[2i+1] + w[2i] * 65536, so that ONE multiplication gives, modulo 2^32,
 *     x[2i] * w[2i+1]  +  65536 * (x[2i] * w[2i] + x[2i+1] * w[2i+1]),
 * two MACs in the upper half. |w| <= 127 keeps the upper half within 16 bits. An arithmetic shift
 * right by 16 leaves the sign of the lower half in the carry flag, which is exactly the 1 that was
 * borrowed; ADCS adds it back, so nothing is ever rounded. */
typedef struct {
  const int32_t *stream; /* for each pair of output channels: 2 biases, weights, 2 requantisers */
  int16_t words;         /* words a window, even: taps / 2 rounded up to even */
  int16_t pairs;         /* pairs of output channels */
  int16_t steps;         /* output steps */
  int16_t stride;        /* words from one window to the next */
} packed_layer;

/* All steps of a layer, exact for every int8 input; the stream is made by packing.pack_layer, which
 * checks that no sum can overflow. x must be readable `words` words from the last window's start.
 * 21 cycles for 8 MACs, and about 62 for the two outputs' start and requantisation. */
void layer_packed(const packed_layer *layer, const int32_t *x, int32_t *y);

/* The same for weights of 7 bits (-63..63), where two products fit into one sum before the split:
 * 19 cycles for 8 MACs. Another order of the weights in the stream. */
void layer_packed7(const packed_layer *layer, const int32_t *x, int32_t *y);

/* pack: count int8 values to count / 2 words (count even). unpack: the way back, any count. */
void pack(const int8_t *x, int32_t *words, int count);
void unpack(const int32_t *words, int8_t *x, int count);

/* As average_pool_plain, on packed words. steps <= 256. x: steps x pairs words. */
void average_pool_packed(const int32_t *x, int32_t *y, int steps, int pairs);

#endif
