"""TinyML: a network for a watch's sensors, in whole numbers, on a Raspberry Pi Pico.

`data` holds the signals, `network` and `training` the float network, `integer` the int8 network
and the reference that runs it, `codegen` its C source. What a learner is asked to write, such as
the split of other recordings by person and the step from float to int8, is not in this package.
"""
