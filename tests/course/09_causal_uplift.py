"""What the lesson of module 09 states, checked by ``test_lessons.py``."""

PICTURES = 11
EXPLORERS = ("widgets.explore_confounding(",)
STATED = (
    ("about [100] thousand euros a week, and its sales", "weeks['budget'].mean()"),
    ("10 thousand euros more budget, [63] thousand euros more sales", "10 * chart[0]"),
    ("By [30] thousand euros. The weeks come from a simulator", "replayed"),
    ("takes most of its part away: [31.6] instead", "like_with_like"),
    ("31.6 instead of [63.1]", "promised"),
    ("The rest of the difference to [30.0]", "replayed"),
    ("Offers raise the margin by [5.0] € on average", "true_mean"),
    ("it finds a *loss* of [6] €", "-found['4  and survey after']"),
    ("Nothing held fixed: [10.6] €", "found['1  nothing']"),
    ("What was known before: [4.9] €", "found['2  known before']"),
    ("Visits after: [2.1] €", "found['3  and visits after']"),
    ("Survey after: −[6.0] €", "-found['4  and survey after']"),
    ("In Malawi, [2,829] people", "len(people)"),
    ("[34] % came without money", "100 * came['mean'][0]"),
    ("[79] %. Nothing has to be held fixed", "100 * came['mean'][1]"),
    ("two means is right: [45] points", "100 * came_more"),
    (
        "raised yearly earnings by [1,794] US dollars",
        "baselines.difference_in_means(experiment['treat'], experiment['re78'])",
    ),
    ("the form used today, [185] trained people", "trained.sum()"),
    ("are compared with [15,992] others", "(trained == 0).sum()"),
    ("The trained earned [6,349] dollars", "earned[trained == 1].mean()"),
    ("the people of the survey [14,847]", "earned[trained == 0].mean()"),
    ("*cost* the trained [8,498] dollars", "-baselines.difference_in_means(trained, earned)"),
    ("For the [93] % at the left edge", "100 * unlike"),
    ("Weights for everybody give −[7,238]", "-baselines.ipw_ate(propensity, trained, earned)"),
    ("moves −7,238 to [1,807]", "baselines.ipw_ate(propensity, trained, earned, trim=0.1)"),
    ("weights for the trained [1,782]", "estimates['weights for the treated (IPW)']['estimate']"),
    ("the effect on the [361] people", "trimmed.sum()"),
    ("who are left, of [16,177]", "len(trimmed)"),
    ("Regression finds [699]", "baselines.ols(observed[list(data.COVARIATES)], trained, earned)"),
    ("One nearest neighbour gives [959]", "estimates['one nearest neighbour']['estimate']"),
    ("five give [1,765]", "estimates['five nearest neighbours']['estimate']"),
    ("all four are between [5.1] €", "min(drifted(0, 1, 0)[:4])"),
    ("and [5.3] €: the offer", "max(drifted(0, 1, 0)[:4])"),
    ("the naive difference is [11.5] €", "drifted(0.95, 1, 0)[0]"),
    ("regression [6.6] € and weighting", "drifted(0.95, 1, 0)[1]"),
    ("and weighting [5.0] €", "drifted(0.95, 1, 0)[2]"),
    ("Weighting now says [6.1] €", "drifted(0.95, 4, 0)[2]"),
    ("Back to [4.7] €", "drifted(0.95, 4, 0.1)[3]"),
    ("and [4.7] € is also the true effect", "drifted(0.95, 4, 0.1)[5]"),
    ("[87] %. Each segment", "100 * fooled"),
    ("0.95 forty times is [13] %", "100 * (1 - fooled)"),
    ("is worth [84] € on average", "value.mean()"),
    ("Minus [21],000 €. Calling", "-profits['most at risk'] / 1000"),
    ("drawn by lot loses [32],000 €", "-profits['called by lot'] / 1000"),
    ("changes the most brings [55],000 €", "profits['most to gain'] / 1000"),
    ("[2,715] of its 4,000 calls", "(useless).sum()"),
    ("lowers the chance to stay, by [7] points", "-100 * uplift[useless].mean()"),
    ("The best list ends after [22] %", "100 * best_share"),
    ("Calling everybody loses [163],000 €", "-earns.sum() / 1000"),
    ("a call gains [1.8] points there", "true_tenths[5]"),
    ("Both say about [11] €", "regression"),
    ("The causal forest finds [11.3] €", "by_forest"),
    ("the plain difference of [12.4] €", "by_difference"),
    ("what the sales team looked at, finds [5.0] €", "by_line"),
)
# Claims in words, and one on the looks: importing causalml turns the ground of plots grey.
HELD = {
    "plots have a white ground": "matplotlib.rcParams['figure.facecolor'] == 'white'",
    "budget and season rise together": "weeks['budget'].corr(weeks['season']) > 0.5",
    "the survey's people are mostly married": "groups['survey']['marr'].mean() > 0.5",
    "they earned seven times as much before": (
        "6 < groups['survey']['re74'].mean() / groups['trained']['re74'].mean() < 7.5"
    ),
    "distance and age are nearly alike in both groups": (
        "abs(metrics.standardised_differences(people[['distvct', 'age']], people['any'])).max()"
        " < 0.15"
    ),
    "five of the trained carry half of the weight": "0.5 < five < 0.55",
    "below nearly every bar of the treated there is one of the others": (
        "np.mean([(abs(propensity[trained == 0] - one) < 0.02).any()"
        " for one in propensity[trained == 1]]) > 0.95"
    ),
    "the wrong question costs 9,000 dollars": (
        "abs(1782 - baselines.ipw_ate(propensity, trained, earned) - 9000) < 100"
    ),
    "the intervals of the effects on the trained all hold the experiment": (
        "all(row['low'] < data.EXPERIMENT < row['high']"
        " for row in estimates.values() if row['estimand'] == 'ATT')"
    ),
    "they are about 3,000 dollars wide": (
        "all(2500 < row['high'] - row['low'] < 3800"
        " for row in estimates.values() if row['estimand'] == 'ATT')"
    ),
    "a shuffled offer does nothing by regression": "abs(placebo['regression'][1]) < 0.3",
    "dowhy's placebo with weighting finds an effect of nothing": "placebo['weighting'][1] < -5",
    "a placebo with weights of its own finds none": (
        "abs(placebo['weighting, placebo by hand'][1]) < 0.3"
    ),
    "both estimates of the real offer are fine": (
        "all(abs(real - market.ate) < 0.3 for real, _ in placebo.values())"
    ),
    "the list of those with most to gain likes contact and had a price rise": (
        "(customers.observed[['price_rise', 'contact']][by_gain].mean() > 0.5).all()"
    ),
    "who is at risk but not worth a call complained a lot and does not care for contact": (
        "customers.observed['complaints'][useless].mean() > 1"
        " and customers.observed['contact'][useless].mean() < -0.2"
    ),
    "the first five tenths gain, the last four lose, as seen and in truth": (
        "(tenths[:5] > 0).all() and (true_tenths[:5] > 0).all()"
        " and (tenths[6:] < 0).all() and (true_tenths[6:] < 0).all()"
    ),
    "the bar of the sixth tenth is below zero and its interval holds zero": (
        "tenths[5] < 0 < tenths[5] + 1.96 * error_of_sixth"
    ),
    "the promises lie near the bars": "max(abs(tenths - promises)) < 8",
    "the Qini curve of the forest bends far above the other": (
        "heights['uplift forest'].max() > 4 * heights['learned risk'].max()"
    ),
    "methods that lack the same columns agree": "abs(regression - weighting) < 0.5",
    "they are at more than twice the truth": "min(regression, weighting) > 2 * market.ate",
    "all three attacks pass": (
        "abs(by_regression['shuffled offer (should be 0)'][1]) < 0.3"
        " and all(abs(left - real) < 0.3 for real, left in list(by_regression.values())[1:])"
    ),
    "the generator's own offer raises the rate by 20 points": (
        "abs(rate['offer'] - rate['control'] - 0.2) < 0.02"
    ),
    "its column says half of that": "abs(in_column - 0.1) < 0.01",
    "and zero for everybody without an offer": (
        "(synthetic.loc[synthetic['treatment_group_key'] == 'control', 'treatment_effect'] == 0)"
        ".all()"
    ),
}
# Names that the expressions above use beside the lesson's own.
HELPERS = """
import re
def drifted(*settings):
    # four estimates, the truth for all, the truth for those who are left
    figures = widgets.explore_confounding().draw(*settings).alt.partition("estimates in euros")[2]
    return [float(one) for one in re.findall(r"-?[0-9]+[.][0-9]", figures)]
order = np.array_split(np.argsort(-score, kind="stable"), 10)
tenths = np.array([
    100 * baselines.difference_in_means(
        pilot["offer"].to_numpy()[tenth], pilot["stayed"].to_numpy()[tenth]
    )
    for tenth in order
])
true_uplift = 100 * checked_on.truth["uplift"].to_numpy()
true_tenths = np.array([true_uplift[tenth].mean() for tenth in order])
sixth = pilot.iloc[order[5]]
error_of_sixth = 100 * (
    sixth.groupby("offer")["stayed"].var() / sixth.groupby("offer")["stayed"].size()
).sum() ** 0.5
promises = np.array([100 * score[tenth].mean() for tenth in order])
"""
