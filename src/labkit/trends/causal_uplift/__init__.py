"""Causal AI and uplift: worlds with known counterfactuals, two famous experiments, and measures.

`world` holds the simulators, `data` the experiments, `metrics` the exact scores that need a
counterfactual, `baselines` the estimators that no task asks for. What a learner is asked to
write, the estimate of the effect on the treated, the Qini curve and the learners for
confounded data, is not in this package.
"""
