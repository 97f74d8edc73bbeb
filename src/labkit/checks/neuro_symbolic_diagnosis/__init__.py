"""Checks of module 07: tasks, points, hints and the quiz; judging itself is in `judges`."""

from __future__ import annotations

from labkit.checks.neuro_symbolic_diagnosis import guideline_judges, judges
from labkit.exercise.lab import Lab
from labkit.exercise.quiz import Option, Question
from labkit.exercise.task import LabSpec, Task

TASKS = (
    Task(
        "posterior",
        15,
        judges.judge_posterior,
        (
            "Begin with certainty: a score of 0 with probability 1. Every finding then spreads it "
            "a little.",
            "Adding a finding worth w tenths with probability p: the new distribution is (1 − p) "
            "times the old one plus p times the old one moved up by w places. "
            "torch.nn.functional.pad moves.",
            "Asymmetry and border are the same with three and nine ways to go instead of two.",
            "All lesions of the batch can be moved at once: the first axis is the lesion.",
        ),
    ),
    Task(
        "measure",
        15,
        judges.judge_measure,
        (
            "measurements.segment(images) says where the lesion is, and what colour the skin has.",
            "Asymmetry: turn the mask's pixels about their centre of mass, mirror them, and count "
            "how many fall outside. Try axes every ten degrees; take the pair of perpendicular "
            "axes with the least mismatch.",
            "A lesion with streaks has a ragged edge. Smooth the mask before you mirror it: "
            "scipy.ndimage.binary_opening and binary_closing.",
            "Colours: divide the image by the skin's colour, multiply by nuisances.SKIN, and give "
            "each pixel of the lesion to the nearest of renderer.COLOUR_RGB. A colour counts "
            "when its share of the lesion is above about two hundredths; try a few cuts on "
            "draw_cases.",
        ),
    ),
    Task(
        "label_efficiency",
        15,
        judges.judge_label_efficiency,
        (
            "A verdict is one bit. The findings of a lesion are thirteen facts, and the rule turns "
            "them into the verdict without any learning.",
            "Linear logits are enough: one matrix of shape (columns + 1, 23), and "
            "perception.split cuts its output.",
            "Fifty lesions and as many columns: without a penalty on the weights it will fit "
            "anything. Add the sum of squared weights to the loss, and try several strengths.",
            "The verdict is suspicious when your posterior puts more than half above 4.75: the "
            "single most likely findings forget their doubt.",
        ),
    ),
    Task(
        "explain",
        10,
        guideline_judges.judge_explain,
        (
            "perception.most_likely and explanations.findings_of turn beliefs into findings by "
            "name; explanations.trace applies a guideline to them.",
            "explanations.changed(findings, finding, to) sets one finding. Try all of them until "
            "the verdict is another.",
            "explanations.check(explanation, findings, guideline) lists what does not hold. Hand "
            "it the guideline that you have read from the text given.",
        ),
    ),
    Task(
        "shortcut",
        15,
        judges.judge_shortcut,
        (
            "The system's verdicts are fine. Are its concepts? perception.most_likely against the "
            "findings of the described lesions tells.",
            "Some findings are there in most lesions. Always saying the commonest is right often, "
            "and a concept that is not clearly better than that means nothing. For colours and "
            "structures take the commonest value of every column, and the mean over columns.",
            "To repair, learn the findings themselves from the described lesions. The verdicts of "
            "the others may help as a second part of the loss.",
        ),
    ),
    Task(
        "adapt",
        10,
        guideline_judges.judge_adapt,
        (
            "guideline.read(guideline.load(turtle)) has the weights in tenths and the limits.",
            "The beliefs do not change: what is seen is what it was. Only the rule does.",
            "Your posterior takes weights. Its length follows from them. A score above a limit "
            "belongs to the next band: with 4.75, column 47 is still below and 48 above. "
            "rules.bands(np.arange(columns)) does it for the guideline you have read.",
        ),
    ),
    Task(
        "sparql",
        5,
        guideline_judges.judge_sparql,
        (
            "Look at the graph first: print(guideline.to_turtle(guideline.load())).",
            "One line of a query is one edge of the graph; the same ?variable twice is a join.",
            "FILTER(?points > 2) keeps rows. FILTER NOT EXISTS { ... } keeps those for which no "
            "edges fit the braces, and has room for a FILTER of its own. The lesson's section 4 "
            "shows both.",
            "guideline.ask(graph, query) returns a row as a dictionary from variable to value.",
        ),
    ),
    Task(
        "abstain",
        5,
        judges.judge_abstain,
        (
            "The known lesions tell how often the system is right when it says 0.9.",
            "Rank them by how sure the system is, the surest first, and follow the share of errors "
            "down the list.",
            "Decide new lesions that are at least as sure as the last known one at which the share "
            "of errors is within the risk.",
            "Systems may lean to one side. A logistic regression of the truth on the log-odds "
            "(Platt) takes that out first.",
        ),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Question(
        "shortcut",
        "A system trained on verdicts alone is right in 84 % of all cases. How good are its "
        "concepts?",
        (
            Option("about as good", "The verdict needs only the sum to be right."),
            Option(
                "nobody knows until they are compared with labelled findings",
                "Many wrong concepts give the right sum: a colour can pass for a structure, since "
                "both weigh 0.5. That is a reasoning shortcut.",
                right=True,
            ),
            Option("better, since errors cancel", "Errors cancel in the sum, not in its parts."),
        ),
    ),
    Question(
        "new_limit",
        "The limit for referral moves from 4.75 to 5.45. What has to be learned again?",
        (
            Option("everything", "What is seen in the image has not changed."),
            Option("the verdict's last layer", "There is none: the rule makes the verdict."),
            Option(
                "nothing",
                "Beliefs about the findings stay; the rule reads its limit from the guideline. A "
                "network trained on verdicts would need new ones.",
                right=True,
            ),
        ),
    ),
    Question(
        "exact",
        "Exact logic says 0.99. How often is the verdict right then?",
        (
            Option(
                "less often than 99 times in 100, unless somebody checked",
                "The logic is exact, the beliefs are not, and it takes their errors for "
                "independent. Hold stated probabilities against known cases.",
                right=True,
            ),
            Option("99 times in 100, it is exact", "Exact given the beliefs. Are they right?"),
            Option("always, the rule fired", "The rule fired with a probability."),
        ),
    ),
)

SPEC = LabSpec(
    number=7, slug="neuro_symbolic_diagnosis", edition=1, tasks=TASKS, questions=QUESTIONS
)


def open_lab(edition: int) -> Lab:
    """Open the lab for a notebook of the given edition.

    Raises:
        EditionError: the notebook was made for another edition.
    """
    return Lab(SPEC, edition)
