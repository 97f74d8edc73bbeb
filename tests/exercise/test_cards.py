"""Cards as HTML and as text: contrast, structure, and what converters make of them."""

from __future__ import annotations

import re

import pytest
from nbconvert import HTMLExporter, MarkdownExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output

from labkit.exercise import cards
from labkit.exercise.outcome import Outcome, Status, failed
from labkit.exercise.quiz import Option, Question
from labkit.exercise.summary import progress_card
from labkit.exercise.task import LabSpec, Task

LONG = "The order is 12 where 14 was needed, since a unit short costs more than one left. " * 3
QUESTION = Question("q", LONG, (Option(LONG, "No."), Option("no", "Because.", True)))
SPEC = LabSpec(
    8, "rl_supply_chain", 1, tuple(Task(n, 10, print, ()) for n in ("a", "b")), (QUESTION,)
)
REACHED = {
    "tasks": {
        "a": {
            "best": 1.0,
            "tries": 2,
            "status": "passed",
            "history": [{"score": 0.5, "when": "1"}, {"score": 1.0, "when": "2"}],
        }
    },
    "quiz": {"q": {"right": True}},
    "submitted": [
        {"when": "2026-01-01T10:00:00+00:00", "receipt": "r1", "how": "exchange", "digest": "d"},
        {"when": "2026-01-02T11:30:00+00:00", "receipt": "r2", "how": "zip", "digest": "e"},
    ],
}


def outcome(status: Status, score: float) -> Outcome:
    return Outcome(status, score, LONG, LONG, LONG, "<b>", "one\n\ntwo " + "x" * 200)


SCORES = {Status.PASSED: 1.0, Status.PARTIAL: 0.5}
CARDS = {
    **{
        str(status): cards.outcome_card("a", outcome(status, SCORES.get(status, 0.0)), 15, "x", 0.5)
        for status in Status
    },
    "hint": cards.hint_card("a", (LONG, LONG), 2),
    "question": cards.question_card("08_rl_supply_chain", QUESTION),
    "answer": cards.answer_card(QUESTION, "b"),
    "table": cards.table_card("Table", "", ["a", "b"], [["x" * 60, LONG]]),
    "progress": progress_card(SPEC, REACHED, [("Saved", "to /data/ada/progress.json")]),
    "notice": cards.notice_card("Progress", LONG),
}


def contrast(one: str, two: str) -> float:
    """Contrast of two colours by WCAG 2.2, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("status", Status)
def test_a_status_is_readable_on_its_ground_and_its_ground_on_every_page(status):
    _, ground = cards.SIGNS[status]
    assert contrast(cards.WHITE, ground) >= 4.5
    assert min(contrast(ground, page) for page in ("#ffffff", "#111111")) >= 3


def test_only_a_status_has_a_colour_of_its_own():
    for card in CARDS.values():
        coloured = re.findall(r'<(\w+)[^>]*style="(?:[^"]*;)?color:', card.html)
        assert coloured == ["span"] * card.html.count("background-color")


@pytest.mark.parametrize("status", Status)
def test_a_status_is_a_word_and_a_sign_in_both_forms(status):
    card, (sign, _) = CARDS[status], cards.SIGNS[status]
    assert f'<span aria-hidden="true">{sign}</span> {status}</span></h4>' in card.html
    assert card.text.startswith(f"{sign} a: {status} · ")


@pytest.mark.parametrize("name", CARDS)
def test_every_card_has_one_heading_and_fits_88_columns(name):
    card = CARDS[name]
    assert card.html.count("<h4") == 1
    assert max(map(len, card.text.splitlines())) <= 88
    assert len(card.html) < 4 * len(card.text) + 3_000


def test_a_table_has_a_caption_and_scopes():
    html = CARDS["progress"].html
    assert "<caption" in html
    assert html.count('<th scope="col"') == 5
    assert html.count('<th scope="row"') == 2


def test_what_was_reached_changed_and_handed_in_stands_in_the_summary():
    text = CARDS["progress"].text
    assert "10 of 20 points in practice" in text
    assert "✔ passed" in text
    assert "○ not attempted" in text
    assert "a: 0.5 -> 1.0 since your last try" in text
    assert "1 of 1 questions" in text
    told = "packed, not sent yet: 2026-01-02 11:30 UTC, receipt r2 (2 times so far)"
    assert told in " ".join(text.split())
    assert "to /data/ada/progress.json" in text


@pytest.mark.parametrize(
    ("before", "score", "said"),
    [
        (0.5, 1.0, "up from 7.5 of 15"),
        (1.0, 0.0, "down from 15 of 15"),
        (0.0, 0.0, "as at your last try"),
    ],
)
def test_a_check_says_what_changed_against_the_last_try(before, score, said):
    status = Status.PASSED if score else Status.FAILED
    card = cards.outcome_card("a", Outcome(status, score, "Seen."), 15, "x", before)
    assert said in card.text.splitlines()[0]
    assert said in card.html


def test_a_first_try_compares_with_nothing():
    card = cards.outcome_card("a", Outcome(Status.PASSED, 1.0, "Seen."), 15, "x")
    assert "try" not in card.text


def test_the_text_of_a_question_gives_no_answer_away():
    assert "Because" not in CARDS["question"].text
    assert "Because" in CARDS["question"].html


def test_cards_write_percent_as_prose_does():
    table = cards.table_card("Shares", "", ("who", "share"), [("all", f"{0.05:.0%}")])
    found = failed(f"{0.5:.1%} came back", on="10% noise", next_step="try 20%")
    assert "5 %" in table.text and "5%" not in table.text
    assert (found.message, found.on, found.next_step) == (
        "50.0 % came back", "10 % noise", "try 20 %"
    )  # fmt: skip


def test_texts_are_escaped():
    for status in Status:
        assert "<b>" not in CARDS[status].html
        assert "&lt;b&gt;" in CARDS[status].html


@pytest.fixture(scope="module")
def notebook():
    outputs = [new_output("display_data", card._repr_mimebundle_()) for card in CARDS.values()]
    return new_notebook(cells=[new_code_cell("cards", outputs=outputs)])


def test_markdown_keeps_every_card_whole(notebook):
    """An empty line would end the HTML, and four spaces would make code of it."""
    text, _ = MarkdownExporter().from_notebook_node(notebook)
    for card in CARDS.values():
        assert "\n" not in card.html
        assert card.html in text


@pytest.mark.parametrize(
    "tag", ["<section", "<h4", "<details", "<summary", "<caption", "<th", "<li"]
)
def test_html_keeps_the_structure_of_every_card(notebook, tag):
    text, _ = HTMLExporter(embed_images=False).from_notebook_node(notebook)
    body = text[text.index("labkit-card") - 100 :]
    assert body.count(tag) == sum(card.html.count(tag) for card in CARDS.values())


def test_numbers_stand_at_the_right_and_words_at_the_left():
    rows = [("shelf 1", "12", "9.9 %", "late"), ("2", "3,400", "", "")]
    html = cards.table_card("A", "b", ("shelf", "units", "gap", "state"), rows).html
    body = html.partition("<tbody>")[2].partition("</tr>")[0]
    assert re.findall(r"text-align:(\w+)", body) == ["left", "right", "right", "left"]
