/* Between the parts of the run-time; a network or a kernel needs tinyml.h only. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include "rp2040.h"

#define STACK_PAINT 0xc5c5c5c5u
extern uint32_t __stack_limit[], __stack_top[];

__attribute__((noreturn)) int main(void);
void start_clocks(void); /* crystal, 125 MHz system clock, 48 MHz for USB, SysTick counting down */
__attribute__((noreturn)) void report_fault(const uint32_t *frame);

/* A serial port over USB (CDC-ACM), polled: nothing happens outside these calls. */
void usb_start(void);
void usb_poll(void);
int usb_read(uint8_t *to, int size);              /* up to size bytes that have come; 0: none */
void usb_write(const void *from, int size);       /* waits until the host has taken them */

/* Bytes of the stack ever used, from its paint. Cycles since SysTick showed `start`. */
uint32_t stack_used(void);
static inline uint32_t cycles_now(void) { return REGISTER(SYST_CVR); }
static inline uint32_t cycles_since(uint32_t start) {
  return (start - REGISTER(SYST_CVR)) & 0xffffff;
}

#endif
