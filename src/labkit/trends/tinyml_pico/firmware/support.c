/* What a C compiler takes for granted and a chip without a C library has not: division (on the
 * RP2040's hardware divider), 64 bit products, memory copies. No floating point: use integers. */
#include <stddef.h>

#include "runtime.h"

/* The divider takes 8 cycles; four taken branches wait exactly that long. */
#define WAIT_8_CYCLES __asm volatile("b 1f\n1: b 1f\n1: b 1f\n1: b 1f\n1:" ::: "memory")

static uint64_t quotient_and_remainder(void) {
  WAIT_8_CYCLES;
  uint32_t remainder = REGISTER(SIO_DIV_REMAINDER);
  uint32_t quotient = REGISTER(SIO_DIV_QUOTIENT); /* last: reading it releases the divider */
  return ((uint64_t)remainder << 32) | quotient;
}

uint64_t __aeabi_uidivmod(uint32_t a, uint32_t b) {
  REGISTER(SIO_DIV_UDIVIDEND) = a;
  REGISTER(SIO_DIV_UDIVISOR) = b;
  return quotient_and_remainder();
}

uint64_t __aeabi_idivmod(int32_t a, int32_t b) {
  REGISTER(SIO_DIV_SDIVIDEND) = (uint32_t)a;
  REGISTER(SIO_DIV_SDIVISOR) = (uint32_t)b;
  return quotient_and_remainder();
}

uint32_t __aeabi_uidiv(uint32_t a, uint32_t b) { return (uint32_t)__aeabi_uidivmod(a, b); }

int32_t __aeabi_idiv(int32_t a, int32_t b) { return (int32_t)__aeabi_idivmod(a, b); }

static uint64_t wide_product(uint32_t a, uint32_t b) {
  uint32_t a0 = a & 0xffff, a1 = a >> 16, b0 = b & 0xffff, b1 = b >> 16;
  uint32_t middle = (a0 * b0 >> 16) + (a1 * b0 & 0xffff) + (a0 * b1 & 0xffff);
  uint32_t high = a1 * b1 + (a1 * b0 >> 16) + (a0 * b1 >> 16) + (middle >> 16);
  return ((uint64_t)high << 32) | (a * b);
}

uint64_t __aeabi_lmul(uint64_t a, uint64_t b) {
  uint32_t cross = (uint32_t)(a >> 32) * (uint32_t)b + (uint32_t)a * (uint32_t)(b >> 32);
  return wide_product((uint32_t)a, (uint32_t)b) + ((uint64_t)cross << 32);
}

/* Shifts of 64 bit numbers, by halves. */
uint64_t __aeabi_llsl(uint64_t a, int n) {
  uint32_t low = (uint32_t)a, high = (uint32_t)(a >> 32);
  if (n >= 32) {
    return (uint64_t)(low << (n - 32)) << 32;
  }
  return n ? ((uint64_t)(high << n | low >> (32 - n)) << 32) | (low << n) : a;
}

uint64_t __aeabi_llsr(uint64_t a, int n) {
  uint32_t low = (uint32_t)a, high = (uint32_t)(a >> 32);
  if (n >= 32) {
    return high >> (n - 32);
  }
  return n ? ((uint64_t)(high >> n) << 32) | (low >> n | high << (32 - n)) : a;
}

int64_t __aeabi_lasr(int64_t a, int n) {
  uint32_t low = (uint32_t)a;
  int32_t high = (int32_t)(a >> 32);
  if (n >= 32) {
    return (int64_t)(((uint64_t)(uint32_t)(high >> 31) << 32) | (uint32_t)(high >> (n - 32)));
  }
  uint32_t shifted = n ? low >> n | (uint32_t)high << (32 - n) : low;
  return (int64_t)(((uint64_t)(uint32_t)(high >> n) << 32) | shifted);
}

/* volatile: otherwise the compiler turns these loops into calls of themselves. */
void *memset(void *to, int value, size_t size) {
  for (volatile uint8_t *byte = to; size--;) {
    *byte++ = (uint8_t)value;
  }
  return to;
}

void *memcpy(void *to, const void *from, size_t size) {
  const uint8_t *source = from;
  for (volatile uint8_t *byte = to; size--;) {
    *byte++ = *source++;
  }
  return to;
}

void *memmove(void *to, const void *from, size_t size) {
  if ((uintptr_t)to <= (uintptr_t)from) {
    return memcpy(to, from, size);
  }
  volatile uint8_t *byte = to;
  while (size--) {
    byte[size] = ((const uint8_t *)from)[size];
  }
  return to;
}

void __aeabi_memcpy(void *to, const void *from, size_t size) { memcpy(to, from, size); }
void __aeabi_memcpy4(void *to, const void *from, size_t size) { memcpy(to, from, size); }
void __aeabi_memcpy8(void *to, const void *from, size_t size) { memcpy(to, from, size); }
void __aeabi_memmove(void *to, const void *from, size_t size) { memmove(to, from, size); }
void __aeabi_memmove4(void *to, const void *from, size_t size) { memmove(to, from, size); }
void __aeabi_memset(void *to, size_t size, int value) { memset(to, value, size); }
void __aeabi_memset4(void *to, size_t size, int value) { memset(to, value, size); }
void __aeabi_memset8(void *to, size_t size, int value) { memset(to, value, size); }
void __aeabi_memclr(void *to, size_t size) { memset(to, 0, size); }
void __aeabi_memclr4(void *to, size_t size) { memset(to, 0, size); }
void __aeabi_memclr8(void *to, size_t size) { memset(to, 0, size); }

uint32_t stack_used(void) {
  const uint32_t *word = __stack_limit;
  while (word < __stack_top && *word == STACK_PAINT) {
    word++;
  }
  return (uint32_t)((const char *)__stack_top - (const char *)word);
}
