"""What the lesson shows: mailbox, attacks and defences, the approval inbox, two libraries."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.trends.intelligent_agents import assistant, baselines, data
from labkit.trends.intelligent_agents.world import attacks, inbox, mailbox, reports, today


def test_word_vectors_put_like_meanings_together():
    dog, hound, invoice = data.embed(["a dog runs", "the hound is running", "pay the invoice"])
    assert dog @ hound > dog @ invoice + 0.2
    assert np.linalg.norm(dog) == pytest.approx(1.0)


def test_each_priority_has_sixteen_different_phrasings():
    assert [len(set(ways)) for ways in mailbox.PHRASINGS] == [16, 16, 16]


def test_both_machines_know_phrasings_they_have_seen():
    rng = np.random.default_rng(0)
    known, labels = mailbox.draw_mails(rng, 300, np.arange(8))
    new, truth = mailbox.draw_mails(rng, 100, np.arange(8))
    for way in (baselines.by_words, baselines.by_meaning):
        assert (way(known, labels, new) == truth).mean() > 0.95


def test_no_defence_makes_work_or_harm_beyond_the_possible():
    tasks = attacks.draw_tasks(np.random.default_rng(2))
    for defence in attacks.DEFENCES.values():
        done, harm = attacks.measure(tasks, defence)
        assert 0 <= done <= 1
        assert 0 <= harm <= 1
    assert sum(task.attacked for task in tasks) == len(tasks) / 2


def test_a_day_at_the_inbox_is_its_own_sum():
    each = inbox.harms()
    for threshold in (0.0, 100.0, 800.0, np.inf):
        day = inbox.day(threshold)
        slow = sum(
            inbox.WRONG
            * harm
            * (1 if harm < threshold else 1 - np.exp(-day.questions / inbox.PATIENCE))
            for harm in each
        )
        assert day.harm == pytest.approx(slow)
        assert day.questions == sum(harm >= threshold for harm in each)
        assert day.cost == pytest.approx(day.harm + inbox.WAGE * day.hours)


def test_the_best_threshold_beats_every_other():
    best = inbox.day(inbox.best_threshold()).cost
    for threshold in np.geomspace(1, 10_000, 200):
        assert inbox.day(float(threshold)).cost >= best - 1e-9


def test_a_report_of_one_record_is_what_it_says():
    record = {
        "id": "B1", "version": 1, "date": "2026-03-04", "branch": "Köln", "hundredths": -123_450,
        "unit": "EUR",
    }  # fmt: skip
    text = reports.write_report(np.random.default_rng(0), [record], ";", "cp1252").decode("cp1252")
    assert text.count("version") == 2
    assert "B1" in text
    assert any(form in text for form in ("1.234,50", "1\N{NO-BREAK SPACE}234,50"))


def test_a_call_that_needs_approval_waits_for_it():
    from pydantic_ai import Agent, DeferredToolRequests, DeferredToolResults
    from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
    from pydantic_ai.models.function import FunctionModel

    made = []

    def model(messages, info):
        said = [part for m in messages for part in m.parts if part.part_kind == "tool-return"]
        return ModelResponse(
            parts=[TextPart("done") if said else ToolCallPart("pay", {"cents": 5})]
        )

    agent = Agent(FunctionModel(model), output_type=[str, DeferredToolRequests])

    @agent.tool_plain(requires_approval=True)
    def pay(cents: int) -> str:
        made.append(cents)
        return "paid"

    first = agent.run_sync("pay")
    (waiting,) = first.output.approvals
    assert (waiting.tool_name, made) == ("pay", [])
    for answer, expected in ((False, []), (True, [5])):
        results = DeferredToolResults(approvals={waiting.tool_call_id: answer})
        agent.run_sync(message_history=first.all_messages(), deferred_tool_results=results)
        assert made == expected


def _day():
    return today.draw_day(np.random.default_rng(1))


def test_a_day_has_each_kind_of_request_and_an_effect_for_each():
    day = _day()
    assert len(day.requests) == len(day.truths) == len(day.ledger) == 20
    kinds = [effect[0] for effect in day.ledger]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "refund": 5, "cancel": 4, "invoice": 3, "escalate": 8
    }  # fmt: skip
    for request, true, effect in zip(day.requests, day.truths, day.ledger, strict=True):
        order = day.orders[true["order"]]
        fits = today.FITS[true["intent"]] == order["status"]
        assert (effect[0] != "escalate") == (fits and order["owner"] == request["sender"])


def test_the_library_asks_before_every_effect_of_a_mailbox():
    day, asked = _day(), []

    def no(request, tool, arguments):
        asked.append(request["id"])
        return False

    office, questions = assistant.work_through(day, no, assistant.recorded(1.0))
    assert questions == len(day.requests)
    assert asked == [request["id"] for request in day.requests]
    assert office.ledger == [("escalate", request["id"]) for request in day.requests]


def test_a_model_that_reads_well_still_pays_what_a_mail_claims():
    day = _day()
    office, _ = assistant.work_through(day, lambda *call: True, assistant.recorded(1.0))
    for made, due, true in zip(office.ledger, day.ledger, day.truths, strict=True):
        if due[0] == "refund":
            assert made == (*due[:3], true["claim"])
        elif due[0] != "escalate":
            assert made == due


def test_a_language_model_s_words_become_readings_and_an_order_that_is_not_there_a_question():
    day, asked = _day(), []

    def chat(messages, tokens, grammar):
        asked.append((messages[0]["role"], messages[-1]["content"]))
        order = 9999 if len(asked) == 1 else day.truths[len(asked) - 1]["order"]
        return {"text": f'{{"intent":"refund","order":{order}}}'}

    office, _ = assistant.work_through(day, lambda *call: True, assistant.written(chat))
    assert asked == [("system", request["text"]) for request in day.requests]
    assert office.ledger[0] == ("escalate", day.requests[0]["id"])
    for made, request, true in zip(
        office.ledger[1:], day.requests[1:], day.truths[1:], strict=True
    ):
        claimed = true["claim"] if true["intent"] == "refund" else 0
        assert made == ("refund", request["id"], true["order"], claimed)


def test_filter_and_fence_let_attacks_through_and_sources_none():
    tasks = attacks.draw_tasks(np.random.default_rng(2))
    harm = {name: attacks.measure(tasks, way)[1] for name, way in attacks.DEFENCES.items()}
    assert harm["nothing"] == 1.0
    assert harm["fence"] == pytest.approx(attacks.FENCED)
    assert harm["word filter"] == pytest.approx(0.5)
    assert harm["sources"] == 0.0
    allowed = sum(task.named for task in tasks) / len(tasks)
    assert attacks.measure(tasks, attacks.by_source)[0] == allowed
