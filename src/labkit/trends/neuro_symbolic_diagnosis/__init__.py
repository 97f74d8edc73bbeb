"""Neuro-symbolic diagnosis: rendered skin lesions, a published guideline, and what joins them.

`world` draws lesions whose truth under the ABCD rule of dermatoscopy is exact, and pictures of
them. `measurements` reads borders and structures from pictures, `guideline` holds the rule as a
graph with its sources, `logic` asks what a belief about the findings means for the score. What a
learner is asked to write, the exact distribution of the score and the measurement of asymmetry and
colours, is not in this package.

Not a medical device: every image is rendered, and nothing here was tried on patients.
"""
