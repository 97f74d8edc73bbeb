"""The questions of lesson 08."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

QUESTIONS = (
    Question(
        "critical_ratio",
        "A lost sale costs four times as much as a unit left over for one period. Demand has a "
        "normal distribution. How much should the shelf hold for one period?",
        (
            Option("the mean demand", "Then every second period runs short, at the higher cost."),
            Option(
                "the quantity that suffices in 80 % of periods",
                "4 / (4 + 1) = 0.8: one more unit sells with probability 0.2, which saves 0.8, "
                "and stays with probability 0.8, which costs 0.8.",
                right=True,
            ),
            Option("four times the mean demand", "Costs set the probability, not the multiple."),
        ),
    ),
    Question(
        "lost_sales",
        "Why does base-stock cost 9.9 % too much on the shelf with lost sales?",
        (
            Option(
                "it makes up for every missing unit, also for demand that will be lost",
                "Until the order arrives some customers find nothing and go. What they wanted need "
                "not be covered, so the best order makes up for less than half of what is missing.",
                right=True,
            ),
            Option(
                "it looks at the sum of what is on its way, not at when it arrives",
                "So does a rule that orders 0.4 units for every unit missing, and it is 0.3 % from "
                "the best possible here. On slow movers, when goods arrive does matter.",
            ),
            Option("it orders too seldom", "It orders in nearly every period."),
            Option("Poisson demand has a heavy tail", "The same holds for demand without a tail."),
        ),
    ),
    Question(
        "fair_comparison",
        "On storm days a learned score is home about 8 % earlier than nearest-request. A routing "
        "solver that re-plans with the link times of the moment is about 7 % later. Does learning "
        "beat optimisation?",
        (
            Option("yes, by 15 %", "The solver planned the whole day as if the storm stood still."),
            Option(
                "one must ask what each one knew",
                "Told that the storm will have moved on after the first link, the same solver is "
                "as early as the learned score. The gain lies in the forecast.",
                right=True,
            ),
            Option("nobody can say, days differ too much", "Paired days take that out."),
        ),
    ),
)
