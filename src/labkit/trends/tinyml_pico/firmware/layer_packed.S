/* layer_packed and layer_packed7: the fast layers. tinyml.h says what they compute and why one
 * multiplication holds two products; this comment says how the registers are used.
 *
 *   r0 x, running         r4 r5 weights            r8  window's start     r11 stream's end
 *   r1 stream, running    r6 r7 two accumulators   r9  window's end       r12 entry of the loop
 *   r2 r3 activations                              r10 y, running         lr  steps left
 *
 * The loop is eight units long (a unit: 4 taps of 2 outputs) and is entered at the unit that leaves
 * a multiple of eight, so that no shape pays for a remainder loop. Loads cost 2 cycles for one word
 * and 3 for two, so everything is loaded in twos or more; all the rest costs 1, a taken branch 2. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

/* acc += rounded upper half of product: the shift leaves the lower half's sign in the carry. */
    .macro ACCUMULATE acc, product
    asrs \product, \product, #16
    adcs \acc, \product
    .endm

/* 21 cycles. Stream: first word of both outputs, then the second word of both. */
    .macro UNIT_PAIRS
    ldmia r0!, {r2, r3}
    ldmia r1!, {r4, r5}
    muls r4, r2, r4
    muls r5, r2, r5
    ACCUMULATE r6, r4
    ACCUMULATE r7, r5
    ldmia r1!, {r4, r5}
    muls r4, r3, r4
    muls r5, r3, r5
    ACCUMULATE r6, r4
    ACCUMULATE r7, r5
    .endm

/* 19 cycles, for 7 bit weights. Stream: both words of the first output, then of the second. */
    .macro UNIT_QUADS
    ldmia r0!, {r2, r3}
    ldmia r1!, {r4, r5}
    muls r4, r2, r4
    muls r5, r3, r5
    adds r4, r4, r5
    ACCUMULATE r6, r4
    ldmia r1!, {r4, r5}
    muls r4, r2, r4
    muls r5, r3, r5
    adds r4, r4, r5
    ACCUMULATE r7, r4
    .endm

/* TFLite's requantisation. The multiplier has 31 bits, in parts of 11 (with a sign), 10 and 10, so
 * that every product fits 32 bits; v = floor(acc * multiplier / 2^21). ADCS adds bit 9 of v, which
 * the shift by 10 left in the carry: that is the first rounding. offset = half of the second
 * rounding + the zero point; r2 is -1 for a negative v, whose ties go down. The shift is at least 1
 * and |acc| < 2^21: packing.py checks it. 22 cycles, 24 where the byte saturates. */
    .macro REQUANTISE acc
    ldmia r1!, {r0, r2, r3, r4, r5}
    muls r0, \acc, r0
    asrs r0, r0, #11
    muls r2, \acc, r2
    adds r0, r0, r2
    asrs r0, r0, #10
    muls r3, \acc, r3
    adds r0, r0, r3
    asrs r2, r0, #31
    asrs r0, r0, #10
    adcs r0, r4
    adds r0, r0, r2
    asrs r0, r5
    sxtb \acc, r0
    cmp  \acc, r0
    beq  1f
    asrs r0, r0, #31
    movs \acc, #127
    eors \acc, r0           @ 127, or -128 for a negative value
1:
    .endm

/* name: the function; unit: its loop's body; bytes: the size of one unit's code. */
    .macro LAYER name, unit, bytes
    .section .text.\name, "ax"
    .global \name
    .type \name, %function
    .thumb_func
    .balign 4
\name:
    push {r4-r7, lr}
    mov  r4, r8
    mov  r5, r9
    mov  r6, r10
    mov  r7, r11
    push {r4-r7}
    push {r0}               @ [sp]: the layer
    mov  r8, r1
    mov  r10, r2
    movs r3, #4
    ldrsh r4, [r0, r3]      @ words
    lsls r3, r4, #2
    adds r3, r1, r3
    mov  r9, r3
    movs r3, #8
    ldrsh r5, [r0, r3]
    mov  lr, r5
    /* entry = loop + bytes * ((8 - units % 8) % 8) */
    lsrs r4, r4, #1
    rsbs r4, r4, #0
    movs r3, #7
    ands r4, r3
    movs r3, #\bytes
    muls r4, r3, r4
    ldr  r3, =\name\()_loop
    adds r4, r3, r4
    mov  r12, r4
    /* stream's end = start + 4 * pairs * (2 + 2 * words + 10) */
    ldr  r1, [r0]
    movs r3, #4
    ldrsh r4, [r0, r3]
    adds r4, r4, #6
    movs r3, #6
    ldrsh r3, [r0, r3]
    muls r4, r3, r4
    lsls r4, r4, #3
    adds r4, r1, r4
    mov  r11, r4
    b    \name\()_pair
    .ltorg
    .balign 4
\name\()_loop:
    .rept 8
    \unit
    .endr
    cmp  r0, r9
    bne  \name\()_loop
    REQUANTISE r6
    REQUANTISE r7
    lsls r7, r7, #16
    adds r6, r6, r7
    mov  r0, r10
    stmia r0!, {r6}
    mov  r10, r0
    cmp  r1, r11
    beq  \name\()_step
\name\()_pair:
    mov  r0, r8
    ldmia r1!, {r6, r7}
    mov  pc, r12
\name\()_step:
    mov  r0, lr
    subs r0, r0, #1
    beq  \name\()_done
    mov  lr, r0
    ldr  r0, [sp]
    movs r3, #10
    ldrsh r3, [r0, r3]
    lsls r3, r3, #2
    add  r8, r3
    add  r9, r3
    ldr  r1, [r0]
    b    \name\()_pair
\name\()_done:
    add  sp, #4
    pop  {r4-r7}
    mov  r8, r4
    mov  r9, r5
    mov  r10, r6
    mov  r11, r7
    pop  {r4-r7, pc}
    .size \name, . - \name
    .endm

    LAYER layer_packed, UNIT_PAIRS, 30
    LAYER layer_packed7, UNIT_QUADS, 26
