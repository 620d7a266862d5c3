"""The latest question wins: what is shown when questions come faster than answers."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from workbench.app.latest import LatestWins


def work(seconds, chunk=0.01):
    """A run of so many seconds that looks up between chunks."""

    def run(values, alive):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not alive():
                return None
            time.sleep(chunk)
        return values

    return run


def asked(latest, questions, pause):
    async def ask():
        for question in questions:
            latest.ask(question)
            await asyncio.sleep(pause)
        await latest.settled()

    asyncio.run(ask())


def test_a_drag_of_sixty_moves_ends_on_the_last_value():
    shown = []
    asked(LatestWins(work(0.02), shown.append, grace_seconds=0.1), range(60), 0.005)
    assert shown[-1] == 59
    assert shown == sorted(shown)
    assert len(shown) >= 2  # some are seen on the way


def test_without_grace_only_the_last_of_long_runs_is_shown():
    shown = []

    def endless_but_the_last(values, alive):
        while values < 9:
            if not alive():
                return None
            time.sleep(0.001)
        return values

    asked(LatestWins(endless_but_the_last, shown.append, grace_seconds=0), range(10), 0.01)
    assert shown == [9]


def test_grace_lets_a_run_finish_although_a_newer_question_waits():
    shown = []
    asked(LatestWins(work(0.08), shown.append, grace_seconds=5), range(10), 0.02)
    assert shown[0] == 0 and shown[-1] == 9


def test_one_gesture_is_one_run():
    runs, shown = [], []

    def run(values, alive):
        runs.append(values)
        return values

    async def ask():
        latest = LatestWins(run, shown.append)
        for value in range(7):  # a preset that moves seven sliders
            latest.ask(value)
        await latest.settled()

    asyncio.run(ask())
    assert runs == shown == [6]


def test_runs_are_in_a_thread_and_answers_in_the_loop():
    where = {}

    def run(values, alive):
        where["run"] = threading.current_thread()
        return values

    def show(answer):
        where["show"] = threading.current_thread()

    asked(LatestWins(run, show), [1], 0)
    assert where["run"] is not threading.main_thread()
    assert where["show"] is threading.main_thread()


def test_never_two_runs_at_once():
    state = {"now": 0, "most": 0}

    def run(values, alive):
        state["now"] += 1
        state["most"] = max(state["most"], state["now"])
        time.sleep(0.01)
        state["now"] -= 1
        return values

    asked(LatestWins(run, lambda answer: None), range(30), 0.003)
    assert state["most"] == 1


@pytest.mark.parametrize("fault", [ValueError("x"), TimeoutError()])
def test_a_fault_is_told_and_the_next_question_answered(fault):
    shown, told = [], []

    def run(values, alive):
        if values == 0:
            raise fault
        return values

    asked(LatestWins(run, shown.append, fail=told.append), [0, 1], 0.05)
    assert [type(error) for error in told] == [type(fault)]
    assert shown == [1]


def test_a_fault_while_showing_is_told_too():
    told = []
    asked(LatestWins(lambda values, alive: 1, lambda answer: 1 / 0, fail=told.append), [0], 0)
    assert isinstance(told[0], ZeroDivisionError)


def test_only_a_run_over_three_tenths_of_a_second_is_announced():
    told = []
    asked(LatestWins(lambda values, alive: 1, lambda answer: None, busy=told.append), [1], 0)
    assert told == []
    asked(LatestWins(work(0.4), lambda answer: None, busy=told.append), [1], 0)
    assert told == [True, False]


def test_in_a_plain_script_the_answer_is_given_at_once():
    shown, told = [], []
    latest = LatestWins(lambda values, alive: 10 / values if alive() else None, shown.append)
    latest.ask(5)
    assert shown == [2]
    with pytest.raises(ZeroDivisionError):
        latest.ask(0)
    LatestWins(lambda values, alive: 1 / 0, shown.append, fail=told.append).ask(0)
    assert len(told) == 1
