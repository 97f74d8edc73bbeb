"""The worlds hold what they promise: true shares, exact flows, known posteriors, held-out words."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from scipy.stats import kstest, norm

from labkit.trends.generative_ai import data, metrics, prompts
from labkit.trends.generative_ai.world import (
    bigram,
    exposure,
    flow,
    layers,
    logs,
    teachers,
    tickets,
)


def test_the_true_share_of_a_prompt_is_that_of_very_many_customers():
    drawn = logs.draw_log(1, prompts=4, customers=20_000, each=3, spread=0.05)
    assert np.abs(drawn.scores.mean(axis=0) - drawn.true).max() < 0.01


def test_tickets_of_a_customer_and_answers_to_a_ticket_resemble_each_other():
    drawn = logs.draw_log(2, prompts=3, customers=3_000, each=6)
    gain = (drawn.scores[:, 1] - drawn.scores[:, 0]).astype(float)
    sums = np.bincount(drawn.customer, gain - gain.mean())
    assert sums.var() / (gain.var() * len(gain) / 3_000) > 1.1
    assert np.corrcoef(drawn.scores[:, 0], drawn.scores[:, 1])[0, 1] > 0.3


def test_the_flow_of_one_gaussian_is_the_straight_line_of_quantiles():
    one = flow.Mixture(np.array([[1.5]]), 0.5, np.array([1.0]))
    x = np.linspace(-2, 2, 9)[:, None]
    end = x.copy()
    for place in range(400):
        middle = end + one.velocity(end, place / 400) / 800
        end = end + one.velocity(middle, (place + 0.5) / 400) / 400
    assert np.allclose(end, 1.5 + 0.5 * x, atol=1e-4)


def test_a_flow_ends_in_its_mixture():
    mixture = flow.draw_mixture(3, components=3, dimensions=1, width=0.4)
    x = np.random.default_rng(0).standard_normal((2_000, 1))
    for place in range(100):
        middle = x + mixture.velocity(x, place / 100) / 200
        x = x + mixture.velocity(middle, (place + 0.5) / 100) / 100

    def distribution(value):
        z = (np.asarray(value)[:, None] - mixture.means[:, 0]) / mixture.width
        return norm.cdf(z) @ mixture.weights

    assert kstest(x[:, 0], distribution).pvalue > 0.01


def test_a_turning_flow_ends_where_the_straight_one_does_turned_by_the_angle():
    mixture = flow.draw_mixture(3, components=3, dimensions=3, width=0.4)
    ways = (mixture.velocity, 0.0, 1.0), (flow.turning(mixture.velocity, 2.0, 0.5, 1.7), 2.0, 0.5)
    ends = []
    for velocity, start, end in ways:
        x = np.random.default_rng(0).standard_normal((20, 3))
        step = (end - start) / 200
        for place in range(200):
            middle = x + velocity(x, start + place * step) * step / 2
            x = x + velocity(middle, start + (place + 0.5) * step) * step
        ends.append(x)
    turn = Rotation.from_rotvec([0, 0, 1.7])
    assert np.allclose(turn.apply(ends[0]), ends[1], atol=1e-3)


def test_labels_follow_the_true_chances():
    lesson = teachers.draw_lesson(4, "fair", n=20_000, features=4, classes=3)
    said = teachers.chances(lesson.x, lesson.true)
    for place in range(3):
        assert abs((lesson.y == place).mean() - said[:, place].mean()) < 0.01
    assert teachers.excess(lesson.true, lesson.true, seed=1) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("kind", teachers.KINDS)
def test_a_teacher_is_what_its_kind_says(kind):
    lesson = teachers.draw_lesson(5, kind, n=5_000, sharpness=3.0)
    right = teachers.chances(lesson.x, lesson.true)
    largest, said = right.max(axis=1).mean(), lesson.teacher.max(axis=1).mean()
    agree = (right.argmax(axis=1) == lesson.teacher.argmax(axis=1)).mean()
    assert {"fair": abs(said - largest) < 0.03, "sure": said > largest + 0.1,
            "shy": said < largest - 0.1, "misled": agree < 0.2}[kind]  # fmt: skip


def test_inputs_have_the_spread_that_they_are_drawn_with():
    x = layers.correlated(np.random.default_rng(6), 20_000, 8, decay=1.0)
    sizes = np.sqrt(np.linalg.eigvalsh(np.cov(x.T))[::-1])
    assert np.allclose(sizes, 1 / np.arange(1, 9), rtol=0.05)


def test_some_inputs_of_an_adaptation_are_sums_of_others():
    drawn = layers.draw_adaptation(7, n=60, inputs=10, outputs=5, sums=2)
    assert np.linalg.matrix_rank(drawn.x) == 8


def test_seen_items_score_higher_and_nothing_else_does():
    drawn = exposure.draw_benchmark(8, items=4_000, fresh=4_000, share=0.3, gain=0.8)
    line = np.polyfit(drawn.fresh[:, 1], drawn.fresh[:, 0], 1)
    over = drawn.target - np.polyval(line, drawn.reference)
    assert over[drawn.seen].mean() == pytest.approx(0.8, abs=0.03)
    assert over[~drawn.seen].mean() == pytest.approx(0, abs=0.02)


def test_the_conditional_distribution_is_what_rejection_gives():
    model, valid, rng = bigram.greeter(), {"high", "low"}, np.random.default_rng(9)

    def written():
        last, text = bigram.START, ""
        while True:
            names = list(model.after[last])
            last = str(rng.choice(names, p=list(model.after[last].values())))
            if last == bigram.END:
                return text
            text += last

    kept = [text for text in (written() for _ in range(12_000)) if text in valid]
    assert sum(model.texts().values()) == pytest.approx(1)
    assert kept.count("high") / len(kept) == pytest.approx(
        bigram.conditional(model, valid)["high"], abs=0.03
    )


def test_a_mask_takes_what_was_begun_for_meant():
    masked = bigram.masked(bigram.greeter(), {"high", "low"})
    assert masked == pytest.approx({"high": 0.8, "low": 0.2})


def test_no_training_ticket_has_a_held_out_phrase():
    held_out = [
        phrase
        for table in (tickets.HELD_OUT, tickets.HURRY_HELD_OUT)
        for phrases in table.values()
        for phrase in phrases
    ]
    assert not any(phrase in one.text for one in data.training() for phrase in held_out)
    asked = data.tickets()
    assert all(
        any(phrase.lower() in one.text.lower() for phrase in held_out) == one.held_out
        for one in asked
    )
    assert len(asked) == 240 and len({one.customer for one in asked}) == 40


def test_an_answer_counts_as_strictly_as_a_program_reads():
    one = tickets.Ticket("", "printer", "low", 0, False)
    right, wrong = tickets.record("printer", "low"), tickets.record("printer", "high")
    said = [right, wrong, f"Sure: {right}", right[:-1], '{"component":"printer"}', "[]"]
    assert prompts.score(said, [one] * len(said)) == [
        (True, True, True),
        (True, True, False),
        *[(False, False, False)] * 4,
    ]


def test_examples_in_a_prompt_name_every_component():
    for count in (6, 12, 18):
        solved = prompts.shots(count, 7)
        assert len(solved) == count and len({one.text for one in solved}) == count
        assert {one.component for one in solved} == set(tickets.COMPONENTS)
        assert not any(one.held_out for one in solved)


def test_an_interval_by_customer_is_wider_than_one_by_ticket():
    drawn = logs.draw_log(10, prompts=2, customers=30, each=20)
    share, low, high = metrics.share_by_customer(drawn.scores[:, 0], drawn.customer)
    alone = np.arange(len(drawn.customer))
    _, low_alone, high_alone = metrics.share_by_customer(drawn.scores[:, 0], alone)
    assert low < share < high and high - low > 1.3 * (high_alone - low_alone)


def test_the_best_of_equal_prompts_promises_too_much():
    drawn = logs.draw_log(11, prompts=12, customers=30, each=6, spread=0.0)
    here, elsewhere = metrics.winner_elsewhere(drawn.scores, drawn.customer)
    assert here - elsewhere > 0.03
