"""The server's settings, its cap on kernels, and what it lets through to a page."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import json
import os
import re
import socket
import subprocess
import sys

import pytest
from tornado.web import HTTPError

from workbench.app.server import (
    Serving,
    configuration,
    find_notebook,
    free_port,
    serve_lab,
    template_words,
)
from workbench.guard import InputRefused
from workbench.resources import builtin, read_builtin_text

TEMPLATE = "voila/templates/workbench"
LIBRARY_SHA256 = "28515f26aa57f87eb1e4ed4eb446927eaf329b5f5e02b4bfd4b0264fea40d1da"


@pytest.fixture
def settings(tmp_path):
    return configuration(Serving(notebook=tmp_path / "page.ipynb"), template_words())


def template_files():
    return [path for path in (builtin("share") / TEMPLATE).rglob("*") if path.is_file()]


def test_every_lock_is_closed(settings):
    page = settings["VoilaConfiguration"]
    assert (page["allow_theme_override"], page["allow_template_override"]) == ("NO", "NO")
    assert page["file_allowlist"] == [] and page["strip_sources"] and not page["show_tracebacks"]
    server = settings["Voila"]
    assert server["ip"] == "127.0.0.1"
    assert server["config_file_paths"] == []  # no file of the desk opens a lock again
    assert server["tornado_settings"]["allow_remote_access"] is False
    assert server["tornado_settings"]["disable_check_xsrf"] is True
    assert settings["MappingKernelManager"] == {
        "cull_idle_timeout": 1800,
        "cull_interval": 60,
        "cull_connected": False,
    }


def test_the_policy_names_no_other_machine(settings):
    policy = settings["Voila"]["tornado_settings"]["headers"]["Content-Security-Policy"]
    hosts = re.findall(r"\b(?:https?|wss?)://[^\s;]+", policy)
    assert set(hosts) == {"ws://127.0.0.1:*", "ws://localhost:*"}
    assert "default-src 'self'" in policy and "*;" not in policy.replace(":*;", ";")


def test_choices_reach_the_settings(tmp_path):
    asked = Serving(
        notebook=tmp_path / "page.ipynb", lang="en", warmed=0, max_kernels=3, idle_seconds=5
    )
    settings = configuration(asked, template_words())
    assert settings["VoilaConfiguration"]["preheat_kernel"] is False
    assert settings["VoilaConfiguration"]["resources"]["workbench"]["lang"] == "en"
    assert settings["CappedKernels"]["max_kernels"] == 3
    assert settings["MappingKernelManager"]["cull_interval"] == 5
    with pytest.raises(dataclasses.FrozenInstanceError):
        asked.port = 1


def test_a_failing_cell_speaks_both_languages(settings):
    told = settings["VoilaExecutor"]["cell_error_instruction"]
    assert "请联系维护人员" in told and "tell the maintainers" in told


def test_a_notebook_is_found_by_path_and_the_unknown_refused(tmp_path):
    path = tmp_path / "mine.ipynb"
    path.write_text("{}")
    assert find_notebook(str(path)) == path.resolve()
    for name in ("no_such_notebook", str(tmp_path), str(tmp_path / "mine.txt")):
        with pytest.raises(InputRefused) as refused:
            find_notebook(name)
        assert refused.value.faults[0].code == "unknown-notebook"
        assert refused.value.faults[0].parts["value"] == name


def test_a_port_in_use_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < free_port(port) < port + 50
        with pytest.raises(InputRefused) as refused:
            free_port(port, tries=1)
    assert refused.value.faults[0].code == "no-free-port"


def test_the_template_links_to_no_other_machine():
    for path in template_files():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(https?:)?//[\w-]+\.[\w.-]+/", text), path.name
        assert "cdn" not in text.lower(), path.name


def test_the_template_says_only_what_the_catalogue_holds():
    said = template_words()
    used = set()
    for path in template_files():
        text = path.read_text(encoding="utf-8")
        assert not re.search("[\u4e00-\u9fff]", text), path.name
        used |= set(re.findall(r"\[['\"](app\.\w+)['\"]\]", text))
    assert used and used <= set(said)
    assert all(text.strip() for entry in said.values() for text in entry.values())


def test_the_chart_library_is_the_one_that_was_checked():
    folder = builtin("share") / "labextensions/workbench-charts/static"
    library = folder / "echarts-6.1.0.js"
    assert library.is_file(), "build the project once (pip install -e .) to bring the library"
    assert hashlib.sha256(library.read_bytes()).hexdigest() == LIBRARY_SHA256
    assert (folder / "LICENSE").is_file() and (folder / "NOTICE").is_file()
    assert library.name in (builtin("share").parents[1] / "chart.js").read_text(encoding="utf-8")


def test_style_and_widget_agree_on_their_classes():
    style = read_builtin_text("share", f"{TEMPLATE}/static/style.css")
    widget = (builtin("share").parents[1] / "chart.js").read_text(encoding="utf-8")
    for part in ("title", "subtitle", "picture", "failure"):
        assert f"wb-chart-{part}" in style and f"wb-chart-{part}" in widget


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        ("workbench.app.server", ("voila", "tornado", "jupyter_server", "IPython", "anywidget")),
        (
            "workbench.app.chart, workbench.app.browser, workbench.app.latest",
            ("scipy.stats", "pandas", "matplotlib", "voila", "jupyter_server"),
        ),
    ],
)
def test_imports_stay_light(modules, absent):
    code = f"import sys, {modules}; print([m for m in {absent!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_lab_asks_nothing_of_the_internet(monkeypatch, tmp_path):
    from jupyterlab import labapp

    asked = []
    monkeypatch.setattr(labapp, "main", asked.extend)
    monkeypatch.setenv("JUPYTER_PATH", "/elsewhere")
    assert serve_lab(tmp_path, open_browser=False) == 0
    assert "--LabApp.news_url=None" in asked
    assert any("NeverCheckForUpdate" in option for option in asked)
    assert "--LabApp.extension_manager=readonly" in asked
    assert f"--ServerApp.root_dir={tmp_path}" in asked
    assert os.environ["JUPYTER_PATH"].split(os.pathsep) == [str(builtin("share")), "/elsewhere"]


# --- what Voilà is made of ---


def wire(kind, content):
    """A kernel message as the protocol v1 packs it: offsets, then the parts."""
    parts = [b"iopub", json.dumps({"msg_type": kind}).encode(), b"{}", b"{}"]
    parts.append(json.dumps(content).encode())
    at = 8 * (len(parts) + 2)
    offsets = [at + sum(map(len, parts[:i])) for i in range(len(parts) + 1)]
    numbers = [len(offsets), *offsets]
    return b"".join(number.to_bytes(8, "little") for number in numbers) + b"".join(parts)


@pytest.mark.parametrize(
    "pack", [wire, lambda kind, content: {"header": {"msg_type": kind}, "content": content}]
)
def test_the_inside_of_the_program_never_goes_to_a_page(pack):
    from workbench.app.hosting import leaks

    assert leaks(pack("error", {"traceback": ["a", "b"]})) == "a\nb"
    assert leaks(pack("stream", {"name": "stderr", "text": "Traceback"})) == "Traceback"
    assert leaks(pack("stream", {"name": "stdout", "text": "told"})) is None
    assert leaks(pack("comm_msg", {"data": {}})) is None


@pytest.mark.parametrize("message", [b"", b"\x01", "{", {}, None, {"header": None}])
def test_a_message_that_cannot_be_read_is_no_leak(message):
    from workbench.app.hosting import leaks

    assert leaks(message) is None


@pytest.fixture
def kernels(monkeypatch):
    """A capped manager whose kernels are only counted."""
    from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

    from workbench.app.hosting import CappedKernels

    running = []

    async def start(self, **kwargs):
        await asyncio.sleep(0)
        running.append(kwargs)
        return str(len(running))

    monkeypatch.setattr(AsyncMappingKernelManager, "start_kernel", start)
    monkeypatch.setattr(CappedKernels, "__len__", lambda self: len(running))
    manager = CappedKernels(max_kernels=3)
    manager.running = running
    return manager


def test_no_kernel_above_the_cap_even_when_all_come_at_once(kernels):
    async def five():
        return await asyncio.gather(
            *(kernels.start_kernel() for _ in range(5)), return_exceptions=True
        )

    answers = asyncio.run(five())
    refused = [answer for answer in answers if isinstance(answer, HTTPError)]
    assert len(kernels.running) == 3 and len(refused) == 2
    assert {error.status_code for error in refused} == {503}
    kernels.running.pop()
    assert asyncio.run(kernels.start_kernel()) == "3"


def test_a_visitor_never_waits_for_a_planned_kernel_nor_meets_a_refused_one(kernels):
    async def pool():
        loop = asyncio.get_running_loop()
        ready, planned, refused = (loop.create_future() for _ in range(3))
        ready.set_result({"kernel_id": "1"})
        refused.set_exception(HTTPError(503))
        kernels._pools = {"page.ipynb": [refused, planned, ready]}
        filled = []
        kernels.fill_if_needed = lambda notebook_name: filled.append(notebook_name)
        count = kernels.get_pool_size("page.ipynb")
        assert kernels.get_pool_size("other.ipynb") == 0
        return count, kernels._pools["page.ipynb"] == [ready, planned], filled

    assert asyncio.run(pool()) == (1, True, ["page.ipynb"])


def test_only_the_servers_own_python_runs_a_notebook(tmp_path, monkeypatch):
    from workbench.app.hosting import OwnKernel

    fake = tmp_path / "kernels" / "python3"
    fake.mkdir(parents=True)
    (fake / "kernel.json").write_text('{"argv": ["elsewhere"], "display_name": "x"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert OwnKernel().get_kernel_spec("python3").argv[0] == sys.executable
