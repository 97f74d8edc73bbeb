/* The protocol of the serial port, the same for an emulated and a real Pico. A request is one byte
 * and its data, an answer one byte and its data; numbers are 32 bit, lowest byte first.
 *
 *   '?'                 -> 'V' protocol, input bytes, output bytes, clock in Hz
 *   'I' + input bytes   -> 'R' cycles (by SysTick), bytes of stack ever used, output bytes
 *   any other byte      -> 'E' and that byte
 *   (a hard fault)      -> 'F' program counter, link register; then the chip waits for a reset
 */
#include "network.h"
#include "runtime.h"

enum { PROTOCOL = 1 };

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

static void answer_inference(void) {
  read_all((uint8_t *)network_input, NETWORK_INPUT_BYTES);
  uint32_t start = cycles_now();
  network_run();
  uint32_t cycles = cycles_since(start);
  usb_write("R", 1); /* the answer begins at once: a host can time the network by it */
  uint32_t numbers[] = {cycles, stack_used()};
  usb_write(numbers, sizeof numbers);
  usb_write(network_output, NETWORK_OUTPUT_BYTES);
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
    } else {
      uint8_t answer[] = {'E', request};
      usb_write(answer, 2);
    }
  }
}
