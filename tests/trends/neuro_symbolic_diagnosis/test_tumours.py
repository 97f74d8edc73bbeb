"""The real example holds what its source says, and one line of knowledge is true of it."""

import numpy as np

from labkit.trends.neuro_symbolic_diagnosis import data


def test_569_tumours_of_which_212_are_malignant():
    nuclei, malignant = data.breast_cancer()
    assert nuclei.shape == (569, 10)
    assert malignant.sum() == 212


def test_each_measurement_is_larger_in_malignant_tumours_on_average():
    nuclei, malignant = data.breast_cancer()
    by_group = nuclei.groupby(malignant).mean()
    assert (by_group.loc[1] > by_group.loc[0]).all()


def test_equal_weights_reach_about_92_percent_with_few_labels():
    # 30 draws of 40 labels: .923, deviation of one draw .013.
    nuclei, malignant = data.breast_cancer()
    score = ((nuclei - nuclei.mean()) / nuclei.std()).mean(axis=1).to_numpy()
    cut = np.mean([score[malignant == group].mean() for group in (0, 1)])
    assert 0.90 < ((score > cut) == malignant).mean() < 0.95
