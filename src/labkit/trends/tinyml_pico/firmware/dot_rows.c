/* The simple inner kernel: one row after the other, one byte at a time. Correct and slow; the file
 * is left out of a build that brings its own dot_rows. */
#include "tinyml.h"

void dot_rows(const int8_t *x, const int8_t *weight, int taps, int rows, const int32_t *bias,
              int32_t *acc) {
  for (int r = 0; r < rows; r++) {
    int32_t sum = bias[r];
    for (int i = 0; i < taps; i++) {
      sum += x[i] * weight[r * taps + i];
    }
    acc[r] = sum;
  }
}
