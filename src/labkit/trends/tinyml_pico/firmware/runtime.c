/* The C run-time in one piece, so that it is compiled once, for size, and in one call of the
 * compiler; kernels and network are compiled for speed. */
#include "start.c"
#include "support.c"
#include "usb_serial.c"
#include "main.c"
