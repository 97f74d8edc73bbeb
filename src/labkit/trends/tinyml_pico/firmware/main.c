/* The protocol of the serial port, the same for an emulated and a real Pico. A request is one byte
 * and its data, an answer one byte and its data; numbers are 32 bit, lowest byte first.
 *
 *   '?'                 -> 'V' protocol, input bytes, output bytes, clock in Hz
 *   'I' + input bytes   -> 'R' cycles (by SysTick), output bytes
 *   'S'                 -> 'S' bytes of stack ever used
 *   any other byte      -> 'E' and that byte
 *   (a hard fault)      -> 'F' program counter, link register; then the chip waits for a reset
 */
#include "network.h"
#include "runtime.h"

enum { PROTOCOL = 2 };

static void read_all(uint8_t *to, int size) {
  while (size > 0) {
    usb_poll();
    int got = usb_read(to, size);
    to += got;
    size -= got;
  }
}

static void write_numbers(uint8_t kind, const uint32_t *numbers, int count) {
  usb_write(&kind, 1);
  usb_write(numbers, 4 * count);
}

static void answer_info(void) {
  uint32_t numbers[] = {PROTOCOL, NETWORK_INPUT_BYTES, NETWORK_OUTPUT_BYTES, CLOCK_HZ};
  write_numbers('V', numbers, 4);
}

/* In one piece, so that a short answer is one packet. */
static struct __attribute__((packed)) {
  uint8_t kind;
  uint32_t cycles;
  int8_t output[NETWORK_OUTPUT_BYTES];
} result;

static void answer_inference(void) {
  read_all((uint8_t *)network_input, NETWORK_INPUT_BYTES);
  uint32_t start = cycles_now();
  network_run();
  result.cycles = cycles_since(start);
  result.kind = 'R';
  for (int i = 0; i < NETWORK_OUTPUT_BYTES; i++) {
    result.output[i] = network_output[i];
  }
  usb_write(&result, sizeof result);
}

static void answer_stack(void) {
  uint32_t used = stack_used();
  write_numbers('S', &used, 1);
}

void report_fault(const uint32_t *frame) {
  uint32_t numbers[] = {frame[6], frame[5]};
  write_numbers('F', numbers, 2);
  for (;;) {
    usb_poll();
  }
}

int main(void) {
  start_clocks();
  usb_start();
  for (;;) {
    uint8_t request;
    read_all(&request, 1);
    if (request == '?') {
      answer_info();
    } else if (request == 'I') {
      answer_inference();
    } else if (request == 'S') {
      answer_stack();
    } else {
      uint8_t answer[] = {'E', request};
      usb_write(answer, 2);
    }
  }
}
