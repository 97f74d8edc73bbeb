/* The registers of the RP2040 that the run-time touches, by the names of its datasheet. */
#ifndef RP2040_H
#define RP2040_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
/* Every peripheral has two more views of its registers: writing ones sets or clears those bits. */
#define SET_BITS(address) REGISTER((address) + 0x2000u)
#define CLEAR_BITS(address) REGISTER((address) + 0x3000u)

#define CLK_REF_CTRL 0x40008030u
#define CLK_REF_SELECTED 0x40008038u
#define CLK_SYS_CTRL 0x4000803cu
#define CLK_SYS_SELECTED 0x40008044u
#define CLK_PERI_CTRL 0x40008048u
#define CLK_USB_CTRL 0x40008054u
#define RESETS_RESET 0x4000c000u
#define RESETS_RESET_DONE 0x4000c008u
#define XOSC_CTRL 0x40024000u
#define XOSC_STATUS 0x40024004u
#define XOSC_STARTUP 0x4002400cu
#define PLL_SYS 0x40028000u
#define PLL_USB 0x4002c000u
#define TIMER_TIMERAWL 0x40054028u
#define WATCHDOG_TICK 0x4005802cu
#define SYST_CSR 0xe000e010u
#define SYST_RVR 0xe000e014u
#define SYST_CVR 0xe000e018u

#define SIO_DIV_UDIVIDEND 0xd0000060u
#define SIO_DIV_UDIVISOR 0xd0000064u
#define SIO_DIV_SDIVIDEND 0xd0000068u
#define SIO_DIV_SDIVISOR 0xd000006cu
#define SIO_DIV_QUOTIENT 0xd0000070u
#define SIO_DIV_REMAINDER 0xd0000074u

#define CLOCK_HZ 125000000u

#endif
