/* The second stage of the boot: the boot ROM copies the first 256 bytes of flash into RAM, checks
 * their CRC-32 (the last four bytes; uf2.seal_boot2 writes it) and jumps here. All it has to do is
 * to make flash readable as memory (execute in place, XIP) and to start the program.
 *
 * The flash is read with the plain serial command 03h at a quarter of the system clock: slow, but
 * every SPI NOR flash understands it, and the program runs from RAM anyway.
 * Registers: RP2040 datasheet, 2.8.1.3 (boot stage 2) and 4.10 (SSI). Position independent. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb
    .section .boot2, "ax"
    .global boot2
    .thumb_func
boot2:
    ldr  r3, =0x18000000      @ XIP_SSI_BASE
    movs r1, #0
    str  r1, [r3, #0x08]      @ SSIENR: off while it is configured
    movs r1, #4
    str  r1, [r3, #0x14]      @ BAUDR: system clock / 4
    ldr  r1, =0x001f0300      @ CTRLR0: 32 bit frames, EEPROM read, standard SPI
    str  r1, [r3, #0x00]
    ldr  r1, =0x03000218      @ SPI_CTRLR0: command 03h, 8 bit command, 24 bit address
    ldr  r0, =0x180000f4
    str  r1, [r0]
    movs r1, #0
    str  r1, [r3, #0x04]      @ CTRLR1: one frame a read
    movs r1, #1
    str  r1, [r3, #0x08]      @ SSIENR: on
    ldr  r0, =0x10000100      @ the vector table follows this stage
    ldr  r1, =0xe000ed08      @ VTOR
    str  r0, [r1]
    ldmia r0!, {r1, r2}
    msr  msp, r1
    bx   r2
    .ltorg
