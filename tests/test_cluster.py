"""Work on other processes: the same bits, whoever dies, and refusals in plain words."""

from __future__ import annotations

import json
import os
import socket
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context

import dask
import distributed
import numpy as np
import psutil
import pytest

import workbench as wb
from workbench import cluster
from workbench.cli import main
from workbench.engine.events import scheme_of
from workbench.engine.grouping import claims_tables
from workbench.guard import InputRefused
from workbench.record import open_record
from workbench.simulate import simulate_totals, simulate_years

YEARS, SEED = 700, 7


@pytest.fixture(scope="module")
def tables(inputs):
    return claims_tables(scheme_of(inputs))


@pytest.fixture(scope="module")
def claims(inputs, tables):
    """Years drawn here, and the call that draws the same ones elsewhere in parts of 64 years."""
    here = simulate_years(inputs, years=YEARS, seed=SEED, tables=tables)
    there = partial(simulate_years, inputs, years=YEARS, seed=SEED, tables=tables, chunk_blocks=1)
    return here, there


def same(one, other):
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("paid_fen", "beneficiaries", "persons_paid")
    )


def codes(refused):
    return [fault.code for fault in refused.value.faults]


# --- a real cluster of two processes --------------------------------------------------------


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """Two worker processes of one thread on this machine alone; nothing is left behind."""
    folder = tmp_path_factory.mktemp("dask")
    with (
        dask.config.set({"temporary-directory": str(folder)}),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            local_directory=str(folder),
            silence_logs=60,
        ) as local,
        distributed.Client(local.scheduler_address, set_as_default=False) as found,
    ):
        yield found


def address_of(client):
    return client.scheduler.address


def kill(client, number):
    """End worker processes at once, as a power cut does; returns their addresses."""
    processes = client.run(os.getpid)
    for worker in list(processes)[:number]:
        psutil.Process(processes[worker]).kill()
    return set(list(processes)[:number])


def killing(client, number, gone):
    """A mapper that kills workers when the second part is in, with most parts to come."""

    def mapper(function, parts):
        for place, result in enumerate(wb.dask_mapper(client)(function, parts)):
            if place == 1:
                assert len(parts) > 6
                gone.extend(kill(client, number))
            yield result

    return mapper


def test_it_listens_on_this_machine_alone(client):
    own = psutil.Process()
    heard = [
        one.laddr.ip
        for process in (own, *own.children(recursive=True))
        for one in process.net_connections("tcp")
        if one.status == psutil.CONN_LISTEN
    ]
    assert len(heard) >= 4
    assert set(heard) == {"127.0.0.1"}


def test_claims_are_the_same_on_a_cluster(client, claims):
    here, there = claims
    assert same(here, there(mapper=wb.dask_mapper(client)))


def test_totals_are_the_same_on_a_cluster(client, inputs):
    draw = partial(simulate_totals, inputs, years=50_001, seed=SEED)
    assert np.array_equal(draw(), draw(mapper=wb.dask_mapper(client), chunk_years=7_001))


def test_the_individual_form_is_the_same_on_a_cluster(client, inputs, tables):
    draw = partial(simulate_years, inputs, years=150, seed=SEED, form="individual", tables=tables)
    assert same(draw(), draw(mapper=wb.dask_mapper(client), chunk_blocks=1))


def test_parts_of_any_kind_arrive_whole_and_in_order(client):
    parts = [("P1", 2), "text", None, {"a": [1]}, [], b"x", (max, 1, 2), 0.5] * 3
    assert list(wb.dask_mapper(client)(lambda part: (part,), parts)) == [(one,) for one in parts]
    assert list(wb.dask_mapper(client)(len, [])) == []


def test_a_fault_of_the_work_comes_back_as_it_is(client):
    def fail(part):
        raise ZeroDivisionError(f"part {part}")

    with pytest.raises(ZeroDivisionError, match="part 3"):
        list(wb.dask_mapper(client)(fail, [3, 4]))


def test_a_worker_that_is_killed_in_mid_run_moves_no_bit(client, claims):
    here, there = claims
    gone = []
    assert same(here, there(mapper=killing(client, 1, gone)))
    assert len(gone) == 1
    assert not set(gone) & set(client.nthreads())


def test_all_workers_killed_at_once_move_no_bit_when_others_come(client, claims):
    """The tables died with them and are sent again."""
    here, there = claims
    client.wait_for_workers(2, timeout=60)
    gone = []
    assert same(here, there(mapper=killing(client, 2, gone)))
    assert len(gone) == 2
    assert not set(gone) & set(client.nthreads())


def typed(capsys, *words):
    status = main([*words, "--lang", "en"])
    return status, *capsys.readouterr()


def test_the_command_line_gives_the_same_document(client, capsys, tmp_path):
    client.wait_for_workers(2, timeout=60)
    asked = ("run", "--engine", "claims", "--years", str(YEARS), "--json")
    here = typed(capsys, *asked)
    assert typed(capsys, *asked, "--dask", address_of(client)) == here
    assert here[0] == 0 and json.loads(here[1])["record"]["results_sha256"]


def test_a_record_made_and_made_again_on_a_cluster(client, capsys, tmp_path):
    client.wait_for_workers(2, timeout=60)
    file, kept = tmp_path / "scheduler.json", str(tmp_path / "year.wbrun")
    file.write_text(json.dumps({"address": address_of(client)}), encoding="utf-8")
    where = ("--dask", str(file))
    asked = ("run", "--engine", "totals", "--years", "20000", "--out", kept)
    assert typed(capsys, *asked, *where)[0] == 0
    assert open_record(tmp_path / "year.wbrun").manifest["kept"]["threads"] == 2
    assert typed(capsys, "rerun", kept, *where)[0] == 0
    assert typed(capsys, "rerun", kept)[0] == 0


# --- other processes without Dask -----------------------------------------------------------


def test_a_plain_pool_of_processes_gives_the_same_bits(inputs, claims):
    here, there = claims
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        mapper = partial(pool.map, chunksize=5)
        assert same(here, there(mapper=mapper))
        draw = partial(simulate_totals, inputs, years=50_001, seed=SEED)
        assert np.array_equal(draw(), draw(mapper=mapper))


# --- how parts are handed out, with a cluster that only pretends ------------------------------


class Task:
    """A task that is carried out when its result is asked for, or does not come back."""

    def __init__(self, client, work):
        self.client, self.work, self.status = client, work, "pending"

    def result(self, timeout):
        self.client.flying -= 1
        if self.client.trouble is not None:
            raise self.client.trouble
        return self.work()


class Pretended:
    """What the mapper uses of a client, on `threads` threads."""

    def __init__(self, threads=2, trouble=None, replies=None):
        self.threads, self.trouble = threads, trouble
        self.replies = {"tcp://w:1": cluster._here()} if replies is None else replies
        self.flying = self.most = self.sent = 0
        self.sizes, self.cancelled = [], []

    def nthreads(self):
        return {"tcp://w:1": self.threads} if self.threads else {}

    def run(self, function, on_error):
        return {name: one for name, one in self.replies.items() if name != "scheduler"}

    def run_on_scheduler(self, function):
        if "scheduler" in self.replies:
            raise self.replies["scheduler"]
        return function()

    def scatter(self, data, **_):
        self.sent += 1
        return data

    def submit(self, do, function, parts, ours, pure):
        self.flying += 1
        self.most = max(self.most, self.flying)
        self.sizes.append(len(parts))
        return Task(self, lambda: do(function, parts, ours))

    def cancel(self, tasks, force):
        self.cancelled += tasks


def test_tasks_grow_with_quick_parts_and_few_are_in_flight():
    client = Pretended()
    assert list(wb.dask_mapper(client)(str, range(1000))) == [str(one) for one in range(1000)]
    assert client.sent == 1
    assert client.most == cluster.AHEAD * 2
    assert client.sizes[:4] == [1] * 4 and max(client.sizes) == cluster.MOST_PARTS
    assert client.sizes[-1] == 1
    assert sum(client.sizes) == 1000


def test_parts_that_take_long_enough_stay_alone(monkeypatch):
    monkeypatch.setattr(cluster, "TASK_SECONDS", 0.0)
    client = Pretended()
    list(wb.dask_mapper(client)(str, range(20)))
    assert set(client.sizes) == {1}


def test_waiting_tasks_are_dropped_when_the_work_is_left():
    client = Pretended()
    running = wb.dask_mapper(client)(str, range(1000))
    assert next(running) == "0"
    running.close()
    assert len(client.cancelled) == cluster.AHEAD * 2 - 1


@pytest.mark.parametrize(
    ("trouble", "sent"),
    [
        (distributed.CancelledError("lost"), cluster.LIVES),
        (distributed.KilledWorker("task", None, 4), 1),
    ],
)
def test_workers_that_die_again_and_again_end_the_run(trouble, sent):
    client = Pretended(trouble=trouble)
    with pytest.raises(InputRefused) as refused:
        list(wb.dask_mapper(client)(str, range(9)))
    assert codes(refused) == ["dask-lost"]
    assert client.sent == sent


def test_a_cluster_without_workers_is_given_up(monkeypatch):
    client = Pretended(trouble=TimeoutError())
    mapper = wb.dask_mapper(client)
    client.threads = 0
    with pytest.raises(InputRefused) as refused:
        list(mapper(str, range(9)))
    assert codes(refused) == ["dask-lost"]
    with pytest.raises(InputRefused) as refused:
        wb.dask_mapper(client)
    assert codes(refused) == ["dask-no-worker"]


def test_workers_of_another_program_are_refused_by_name():
    ours = cluster._here()
    replies = {
        "tcp://a:1": ours,
        "tcp://b:1": {**ours, "numpy": "1.0", "source": "0" * 12},
        "tcp://c:1": {**ours, "numpy": "1.0"},
        "tcp://d:1": ModuleNotFoundError("No module named 'workbench'"),
        "tcp://e:1": OSError("gone"),
    }
    with pytest.raises(InputRefused) as refused:
        wb.dask_mapper(Pretended(replies=replies))
    assert codes(refused) == ["dask-unlike"] * 3
    told = {
        one.parts["name"]: (one.parts["value"], one.parts["workers"])
        for one in refused.value.faults
    }
    assert told == {
        "source": ("0" * 12, "tcp://b:1"),
        "numpy": ("1.0", "tcp://b:1, tcp://c:1"),
        "workbench": ("—", "tcp://d:1"),
    }


def test_a_scheduler_without_the_workbench_is_refused_by_name():
    replies = {"scheduler": ModuleNotFoundError("No module named 'workbench'")}
    with pytest.raises(InputRefused) as refused:
        wb.dask_mapper(Pretended(replies=replies))
    (fault,) = refused.value.faults
    assert (fault.code, fault.parts["workers"]) == ("dask-unlike", "scheduler")


def test_a_worker_that_comes_late_is_asked_too(client):
    """The check travels with every task."""
    task = client.submit(cluster._do, str, [1], {**cluster._here(), "scipy": "0"}, pure=False)
    with pytest.raises(InputRefused) as refused:
        task.result(timeout=60)
    assert codes(refused) == ["dask-unlike"]
    assert refused.value.faults[0].parts["name"] == "scipy"


# --- refusals -------------------------------------------------------------------------------


@contextmanager
def silent_port(listening):
    """A port of this machine where nobody listens, or somebody who never answers."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        if listening:
            found.listen()
        yield f"127.0.0.1:{found.getsockname()[1]}"


@pytest.mark.parametrize("listening", [False, True])
def test_a_scheduler_that_does_not_answer_is_refused(capsys, monkeypatch, listening):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    with silent_port(listening) as address:
        status, out, err = typed(capsys, "run", "--dask", address)
    assert status == 2 and out == ""
    assert err.count("\n") == 1 and "(WB-433)" in err and address in err


@pytest.mark.parametrize("content", ["", "x", "[]", "{}", '{"address": 3}', '{"address": "x"}'])
def test_a_file_of_another_kind_is_no_scheduler_file(tmp_path, content):
    file = tmp_path / "scheduler.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        cluster.scheduler_at(str(file))
    assert codes(refused) == ["dask-address"]


@pytest.mark.parametrize(
    ("address", "sound"),
    [
        ("10.0.0.5:8786", True),
        ("tcp://host-1.office:8786", True),
        ("tls://[fe80::1]:8786", True),
        ("host", False),
        ("http://host:80", False),
        ("inproc://1/2/3", False),
        ("host:8786/x", False),
        ("host:８７８６", False),
        ("host:8786\n", False),
        ("", False),
        ("x" * 5000, False),
        ("\0", False),
    ],
)
def test_what_an_address_is(address, sound):
    if sound:
        assert cluster.scheduler_at(address) == address
        return
    with pytest.raises(InputRefused) as refused:
        cluster.scheduler_at(address)
    assert codes(refused) == ["dask-address"]


def test_without_dask_the_extra_is_named(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    status, out, err = typed(capsys, "run", "--dask", "127.0.0.1:8786")
    assert status == 2 and out == ""
    assert "requirements/cluster.txt" in err and "(WB-430)" in err
