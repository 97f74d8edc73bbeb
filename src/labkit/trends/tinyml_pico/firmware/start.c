/* From the boot's second stage to main: the vector table, SRAM's first contents, the clocks, and
 * what happens on a hard fault. */
#include "runtime.h"

extern uint32_t __data_start[], __data_end[], __data_load[];
extern uint32_t __bss_start[], __bss_end[];

static uint32_t fault_stack[64];

/* Runs from flash, since it is what copies the rest of the program to SRAM. volatile keeps the
 * compiler from calling memcpy, which is not there yet. */
__attribute__((section(".startup"), noreturn, used)) void reset(void) {
  volatile uint32_t *to = __data_start;
  for (volatile const uint32_t *from = __data_load; to < __data_end;) {
    *to++ = *from++;
  }
  for (to = __bss_start; to < __bss_end;) {
    *to++ = 0;
  }
  uint32_t stack_pointer;
  __asm volatile("mov %0, sp" : "=r"(stack_pointer));
  for (to = __stack_limit; to < (uint32_t *)(stack_pointer - 32);) {
    *to++ = STACK_PAINT;
  }
  main();
}

/* The processor pushed r0-r3, r12, lr, pc, psr. Hands that frame over on a stack that works. */
__attribute__((naked, used)) static void hard_fault(void) {
  __asm volatile(
      "mrs r0, msp\n"
      "ldr r1, 1f\n"
      "mov sp, r1\n"
      "ldr r1, 2f\n"
      "bx  r1\n"
      ".balign 4\n"
      "1: .word %c0\n"
      "2: .word report_fault\n" ::"i"(fault_stack + 64));
}

__attribute__((section(".vectors"), used)) const void *const vectors[4] = {
    __stack_top, (const void *)reset, (const void *)hard_fault, (const void *)hard_fault};

static void release_from_reset(uint32_t block) {
  CLEAR_BITS(RESETS_RESET) = block;
  while (!(REGISTER(RESETS_RESET_DONE) & block)) {
  }
}

/* Output = 12 MHz * feedback / (divider * divider2). Datasheet 2.18. */
static void start_pll(uint32_t pll, uint32_t feedback, uint32_t divider, uint32_t divider2) {
  enum { CS, POWER = 4, FEEDBACK = 8, DIVIDERS = 12 };
  REGISTER(pll + CS) = 1; /* reference divider */
  REGISTER(pll + FEEDBACK) = feedback;
  CLEAR_BITS(pll + POWER) = (1u << 0) | (1u << 5); /* main power and the oscillator */
  while (!(REGISTER(pll + CS) & (1u << 31))) {     /* locked */
  }
  REGISTER(pll + DIVIDERS) = (divider << 16) | (divider2 << 12);
  CLEAR_BITS(pll + POWER) = 1u << 3; /* the dividers */
}

void start_clocks(void) {
  REGISTER(XOSC_CTRL) = 0xaa0; /* 1-15 MHz; the Pico's crystal has 12 MHz */
  REGISTER(XOSC_STARTUP) = 47; /* about 1 ms */
  SET_BITS(XOSC_CTRL) = 0xfab000;
  while (!(REGISTER(XOSC_STATUS) & (1u << 31))) {
  }
  REGISTER(CLK_REF_CTRL) = 2; /* the reference clock is the crystal */
  while (REGISTER(CLK_REF_SELECTED) != 4) {
  }
  REGISTER(CLK_SYS_CTRL) = 0; /* off the PLL while that starts */
  release_from_reset(1u << 12);
  start_pll(PLL_SYS, 125, 6, 2); /* 1500 MHz / 12 = 125 MHz */
  REGISTER(CLK_SYS_CTRL) = 1;
  while (REGISTER(CLK_SYS_SELECTED) != 2) {
  }
  REGISTER(CLK_PERI_CTRL) = 1u << 11;
  release_from_reset(1u << 13);
  start_pll(PLL_USB, 100, 5, 5); /* 1200 MHz / 25 = 48 MHz */
  REGISTER(CLK_USB_CTRL) = 1u << 11;
  release_from_reset(1u << 21);                /* the timer, */
  REGISTER(WATCHDOG_TICK) = 12u | (1u << 9);   /* which counts microseconds */
  REGISTER(SYST_RVR) = 0xffffff;
  REGISTER(SYST_CVR) = 0;
  REGISTER(SYST_CSR) = 5; /* count the processor's clock, without interrupts */
}
