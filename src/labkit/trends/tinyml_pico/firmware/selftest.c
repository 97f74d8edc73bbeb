/* The self-test in a network's clothes: it answers the same protocol, so whoever talks to a network
 * can talk to it. Request: four bytes, anything. Answer, five numbers of 32 bits, in this order:
 *
 *   processor cycles in 1000 microseconds of the chip's timer (125,000 at 125 MHz)
 *   cycles of 1000 loads, of 1000 multiplications, of 1000 taken branches, each with its loop
 *   CRC-32 of the first 2 KB of flash, read through the cache
 */
#include "network.h"
#include "rp2040.h"

static int8_t input[4];
static uint32_t report[5];

int8_t *const network_input = input;
int8_t *const network_output = (int8_t *)report;

static uint32_t timed_millisecond(void) {
  uint32_t tick = REGISTER(TIMER_TIMERAWL);
  while (REGISTER(TIMER_TIMERAWL) == tick) {
  }
  uint32_t cycles = REGISTER(SYST_CVR);
  while (REGISTER(TIMER_TIMERAWL) - tick < 1001) {
  }
  return (cycles - REGISTER(SYST_CVR)) & 0xffffff;
}

/* Times 100 rounds of ten times the instruction. r0-r3 are free; r1 holds a readable address. */
#define TIME(instruction)                                                        \
  __extension__({                                                                \
    uint32_t start = REGISTER(SYST_CVR);                                         \
    __asm volatile(                                                              \
        "movs r0, #100\n movs r2, #3\n mov r1, %0\n"                             \
        "1:\n .rept 10\n" instruction "\n .endr\n subs r0, #1\n bne 1b\n" ::"r"( \
            report)                                                              \
        : "r0", "r1", "r2", "r3", "cc", "memory");                               \
    (start - REGISTER(SYST_CVR)) & 0xffffff;                                     \
  })

static uint32_t flash_checksum(void) {
  uint32_t crc = 0xffffffffu;
  for (const uint8_t *byte = (const uint8_t *)0x10000000; byte < (const uint8_t *)0x10000800;) {
    crc ^= *byte++;
    for (int bit = 0; bit < 8; bit++) {
      crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1)));
    }
  }
  return ~crc;
}

void network_run(void) {
  report[0] = timed_millisecond();
  report[1] = TIME("ldr r3, [r1]");
  report[2] = TIME("muls r2, r2");
  report[3] = TIME("b 2f\n2:");
  report[4] = flash_checksum();
}
