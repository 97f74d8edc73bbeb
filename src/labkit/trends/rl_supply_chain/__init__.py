"""Reinforcement learning for supply chains: worlds to act in, and the measures to judge by.

`demand` holds the demand distributions, `world` the simulators, `baselines` the textbook policies,
`metrics` the exact cost of any policy. What the best possible policy is, and how to find it,
is left to the learner; nothing in this package answers a graded task.
"""
