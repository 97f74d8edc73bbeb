/* A serial port over USB (CDC-ACM, full speed) for the RP2040, polled and as small as it gets.
 * Sources: RP2040 datasheet 4.1 (USB), USB 2.0 chapter 9, CDC 1.2 and its PSTN subclass.
 *
 * Endpoint 0 answers the host's questions; endpoint 1 IN is required by the class and stays silent;
 * endpoint 2 carries the bytes, OUT from the host and IN to it, 64 bytes a packet. */
#include "runtime.h"

#define DPRAM 0x50100000u
#define USB 0x50110000u
#define ADDR_ENDP (USB + 0x00)
#define MAIN_CTRL (USB + 0x40)
#define SIE_CTRL (USB + 0x4c)
#define SIE_STATUS (USB + 0x50)
#define BUFF_STATUS (USB + 0x58)
#define EP_STALL_ARM (USB + 0x68)
#define USB_MUXING (USB + 0x74)
#define USB_PWR (USB + 0x78)
#define INTE (USB + 0x90)

/* Where things are in the controller's own memory. Endpoint 0's buffer is fixed at 0x100. */
#define ENDPOINT_CONTROL(endpoint, out) REGISTER(DPRAM + 8 * (endpoint) + 4 * (out))
#define BUFFER_CONTROL(endpoint, out) REGISTER(DPRAM + 0x80 + 8 * (endpoint) + 4 * (out))
enum { BUFFER_EP0 = 0x100, BUFFER_NOTIFY = 0x180, BUFFER_IN = 0x1c0, BUFFER_OUT = 0x200 };
#define DPRAM_BYTE(offset) (*(volatile uint8_t *)(DPRAM + (offset)))

enum { AVAILABLE = 1 << 10, STALL = 1 << 11, DATA1 = 1 << 13, FULL = 1 << 15 };
enum { BUS_RESET = 1 << 19, SETUP_RECEIVED = 1 << 17 };
enum { OUT_EP0 = 1 << 1, IN_EP0 = 1 << 0, IN_DATA = 1 << 4, OUT_DATA = 1 << 5 };
enum { PACKET = 64 };

static const uint8_t device_descriptor[18] = {
    18, 1, 0x00, 0x02, 2, 0, 0, PACKET, 0x8a, 0x2e, 0x0a, 0x00, 0x00, 0x01, 1, 2, 3, 1};

static const uint8_t configuration_descriptor[67] = {
    9, 2, 67, 0, 2, 1, 0, 0x80, 125,             /* two interfaces, 250 mA at most */
    9, 4, 0, 0, 1, 2, 2, 0, 0,                   /* communications */
    5, 0x24, 0, 0x10, 0x01, 5, 0x24, 1, 0, 1,    /* CDC header, call management */
    4, 0x24, 2, 2, 5, 0x24, 6, 0, 1,             /* abstract control, union */
    7, 5, 0x81, 3, 8, 0, 16,                     /* endpoint 1 IN, interrupt */
    9, 4, 1, 0, 2, 10, 0, 0, 0,                  /* data */
    7, 5, 0x02, 2, PACKET, 0, 0, 7, 5, 0x82, 2, PACKET, 0, 0};

static const uint8_t language[4] = {4, 3, 0x09, 0x04};
static const char *const strings[3] = {"labkit", "Pico with a small network", "1"};

static uint8_t line_coding[7] = {0x00, 0xc2, 0x01, 0x00, 0, 0, 8}; /* 115200 8N1, meaningless */
static uint8_t scratch[PACKET];

static const uint8_t *control_data; /* what is left of a control answer */
static int control_left, control_data1;
static int new_address, expect_line_coding, configured;
static int in_busy, in_data1, out_armed, out_data1;

static uint8_t received[1024]; /* a ring; the counters run freely */
static uint32_t received_in, received_out;

/* The controller runs on its own clock: the buffer is handed over a few cycles after the rest of
 * the word (datasheet 4.1.2.5.1). */
static void hand_over(int endpoint, int out, uint32_t control) {
  BUFFER_CONTROL(endpoint, out) = control;
  __asm volatile("nop\nnop\nnop\nnop\nnop\nnop\nnop\nnop\nnop\nnop\nnop\nnop");
  BUFFER_CONTROL(endpoint, out) = control | AVAILABLE;
}

static void copy_to_dpram(uint32_t offset, const uint8_t *from, int size) {
  for (int i = 0; i < size; i++) {
    DPRAM_BYTE(offset + (uint32_t)i) = from[i];
  }
}

static void send_control_packet(void) {
  int size = control_left < PACKET ? control_left : PACKET;
  copy_to_dpram(BUFFER_EP0, control_data, size);
  control_data += size;
  control_left -= size;
  hand_over(0, 0, (uint32_t)size | FULL | (control_data1 ? DATA1 : 0));
  control_data1 ^= 1;
}

static void answer_control(const uint8_t *data, int size, int asked) {
  control_data = data;
  control_left = size < asked ? size : asked;
  control_data1 = 1;
  send_control_packet();
  hand_over(0, 1, PACKET | DATA1); /* the host's acknowledgement */
}

static void acknowledge_control(void) {
  control_left = 0;
  control_data1 = 1;
  send_control_packet();
}

static void answer_string(int index, int asked) {
  const char *text = strings[index - 1];
  int size = 2;
  for (; *text && size < PACKET; text++) {
    scratch[size++] = (uint8_t)*text;
    scratch[size++] = 0;
  }
  scratch[0] = (uint8_t)size;
  scratch[1] = 3;
  answer_control(scratch, size, asked);
}

static int answer_descriptor(int kind, int index, int asked) {
  if (kind == 1) {
    answer_control(device_descriptor, sizeof device_descriptor, asked);
  } else if (kind == 2) {
    answer_control(configuration_descriptor, sizeof configuration_descriptor, asked);
  } else if (kind == 3 && index == 0) {
    answer_control(language, sizeof language, asked);
  } else if (kind == 3 && index <= 3) {
    answer_string(index, asked);
  } else {
    return 0;
  }
  return 1;
}

static void arm_out(void) {
  if (!out_armed && sizeof received - (received_in - received_out) >= PACKET) {
    out_armed = 1;
    hand_over(2, 1, PACKET | (out_data1 ? DATA1 : 0));
    out_data1 ^= 1;
  }
}

static void configure(void) {
  enum { BULK = 2, INTERRUPT = 3 };
  uint32_t enabled = (1u << 31) | (1u << 29); /* on, and BUFF_STATUS after every packet */
  ENDPOINT_CONTROL(1, 0) = enabled | (INTERRUPT << 26) | BUFFER_NOTIFY;
  ENDPOINT_CONTROL(2, 0) = enabled | (BULK << 26) | BUFFER_IN;
  ENDPOINT_CONTROL(2, 1) = enabled | (BULK << 26) | BUFFER_OUT;
  in_busy = in_data1 = out_armed = out_data1 = 0;
  received_in = received_out = 0;
  configured = 1;
  acknowledge_control();
  arm_out();
}

static void answer_byte_pair(int first, int size, int asked) {
  scratch[0] = (uint8_t)first;
  scratch[1] = 0;
  answer_control(scratch, size, asked);
}

/* One request of the host, by bmRequestType and bRequest. Returns 0 for what we do not know. */
static int answer_setup(const uint8_t *setup) {
  int type = setup[0], request = setup[1];
  int value = setup[2] | setup[3] << 8, asked = setup[6] | setup[7] << 8;
  if (type == 0x80 && request == 6) { /* GET_DESCRIPTOR */
    return answer_descriptor(setup[3], setup[2], asked);
  }
  if (type == 0x00 && request == 5) { /* SET_ADDRESS, valid after the acknowledgement */
    new_address = value & 0x7f;
    acknowledge_control();
  } else if (type == 0x00 && request == 9) { /* SET_CONFIGURATION */
    configure();
  } else if (type == 0x80 && request == 8) { /* GET_CONFIGURATION */
    answer_byte_pair(configured, 1, asked);
  } else if ((type & 0x9c) == 0x80 && request == 0) { /* GET_STATUS */
    answer_byte_pair(0, 2, asked);
  } else if (type == 0x21 && request == 0x20) { /* SET_LINE_CODING, its data follow */
    expect_line_coding = 1;
    hand_over(0, 1, PACKET | DATA1);
  } else if (type == 0xa1 && request == 0x21) { /* GET_LINE_CODING */
    answer_control(line_coding, sizeof line_coding, asked);
  } else if ((type == 0x21 && (request == 0x22 || request == 0x23)) ||        /* line state, break */
             (type <= 2 && (request == 1 || request == 3 || request == 11))) { /* features */
    acknowledge_control();
  } else {
    return 0;
  }
  return 1;
}

static void on_setup(void) {
  uint8_t setup[8];
  for (int i = 0; i < 8; i++) {
    setup[i] = DPRAM_BYTE(i);
  }
  expect_line_coding = 0;
  if (!answer_setup(setup)) {
    REGISTER(EP_STALL_ARM) = 3;
    BUFFER_CONTROL(0, 0) = STALL;
    BUFFER_CONTROL(0, 1) = STALL;
  }
}

static void on_control_sent(void) {
  if (new_address) {
    REGISTER(ADDR_ENDP) = (uint32_t)new_address;
    new_address = 0;
  }
  if (control_left) {
    send_control_packet();
  }
}

static void on_control_received(void) {
  if (expect_line_coding) {
    expect_line_coding = 0;
    for (int i = 0; i < 7; i++) {
      line_coding[i] = DPRAM_BYTE(BUFFER_EP0 + i);
    }
    acknowledge_control();
  }
}

static void on_data_received(void) {
  int size = (int)(BUFFER_CONTROL(2, 1) & 0x3ff);
  for (int i = 0; i < size; i++) {
    received[received_in++ % sizeof received] = DPRAM_BYTE(BUFFER_OUT + i);
  }
  out_armed = 0;
}

void usb_start(void) {
  uint32_t block = 1u << 24;
  CLEAR_BITS(RESETS_RESET) = block;
  while (!(REGISTER(RESETS_RESET_DONE) & block)) {
  }
  for (uint32_t address = DPRAM; address < DPRAM + 0x1000; address += 4) {
    REGISTER(address) = 0;
  }
  REGISTER(USB_MUXING) = 1 | 8;      /* to the on-chip PHY, with soft connect */
  REGISTER(USB_PWR) = 4 | 8;         /* say that VBUS is there: the Pico runs from it */
  REGISTER(MAIN_CTRL) = 1;           /* controller on, device mode */
  REGISTER(SIE_CTRL) = 1u << 29;     /* BUFF_STATUS for endpoint 0 as well */
  REGISTER(INTE) = (1u << 16) | (1u << 12) | (1u << 4); /* events are latched; no interrupt line */
  REGISTER(SIE_CTRL) = (1u << 29) | (1u << 16);         /* pull-up: the host sees a device */
}

void usb_poll(void) {
  uint32_t status = REGISTER(SIE_STATUS);
  if (status & BUS_RESET) {
    REGISTER(SIE_STATUS) = BUS_RESET;
    REGISTER(ADDR_ENDP) = 0;
    new_address = configured = 0;
  }
  if (status & SETUP_RECEIVED) {
    REGISTER(SIE_STATUS) = SETUP_RECEIVED;
    on_setup();
  }
  uint32_t done = REGISTER(BUFF_STATUS);
  REGISTER(BUFF_STATUS) = done;
  if (done & IN_EP0) {
    on_control_sent();
  }
  if (done & OUT_EP0) {
    on_control_received();
  }
  if (done & IN_DATA) {
    in_busy = 0;
  }
  if (done & OUT_DATA) {
    on_data_received();
  }
  if (configured) {
    arm_out();
  }
}

int usb_read(uint8_t *to, int size) {
  int got = 0;
  while (got < size && received_out != received_in) {
    to[got++] = received[received_out++ % sizeof received];
  }
  return got;
}

void usb_write(const void *from, int size) {
  const uint8_t *bytes = from;
  while (size > 0 && configured) {
    while (in_busy && configured) {
      usb_poll();
    }
    int count = size < PACKET ? size : PACKET - 1; /* never a full packet: no empty one must follow */
    copy_to_dpram(BUFFER_IN, bytes, count);
    in_busy = 1;
    hand_over(2, 0, (uint32_t)count | FULL | (in_data1 ? DATA1 : 0));
    in_data1 ^= 1;
    bytes += count;
    size -= count;
  }
}
