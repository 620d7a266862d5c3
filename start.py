#!/usr/bin/env python3
"""Sets up a private environment in .venv beside this file and runs the workbench.

用法 / usage:
    python3 start.py [app [ARGS]]     打开工作台 / set up and open the app
    python3 start.py lab              打开 JupyterLab / set up and open JupyterLab
    python3 start.py test [ARGS]      运行测试 / set up and run the tests (ARGS go to pytest)
    python3 start.py wheels DIR       收集离线安装包 / gather what a machine without network needs
    python3 start.py --wheels DIR [app|lab|test]    离线安装 / set up from DIR without any network

Standard library and pip only. Parses under Python 3.6, too, to tell its user what to do.
"""

import contextlib
import csv
import ctypes.util
import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any, Callable, NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BEGUN = VENV / "workbench-begun"  # written first: this environment is ours to mend
STAMP = VENV / "workbench-stamp.json"  # written last: what is completely installed
LOCKS = {"app": ROOT / "requirements/app.txt", "test": ROOT / "requirements/test.txt"}
BUILD_LOCKS = [ROOT / "requirements/build.txt", ROOT / "requirements/build-node.txt"]
WORDS = ROOT / "workbench/locale/start.csv"
LABEXTENSIONS = "workbench/app/share/jupyter/labextensions/"
CHINESE_FONT = re.compile("cjk|wqy|source.?han|uming|ukai|fallback|simsun|simhei|msyh", re.I)
BROWSERS = "chromium chromium-browser google-chrome-stable google-chrome microsoft-edge".split()
BROWSER_FILES = """/Applications/Google Chrome.app/Contents/MacOS/Google Chrome
/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge
C:/Program Files/Google/Chrome/Application/chrome.exe
C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe""".splitlines()


def tell(key: str, **values: object) -> None:
    """Say a message in Chinese and English on standard error; output stays the program's own."""
    text = "{" + "} {".join([key, *values]) + "}"
    with contextlib.suppress(OSError), open(str(WORDS), encoding="utf-8", newline="") as handle:
        rows = {row["key"]: row for row in csv.DictReader(handle)}
        text = rows["start." + key]["zh"] + "\n" + rows["start." + key]["en"]
    print(text.format(**{key: key}, **values), file=sys.stderr, flush=True)


def stop(key: str, status: int = 1, **values: object) -> NoReturn:
    """Tell why it cannot go on, and end with an exit status."""
    tell(key, **values)
    if os.name == "nt" and "PROMPT" not in os.environ and sys.stdin.isatty():
        input()  # started by a double click: keep the window open until the message is read
    raise SystemExit(status)


def check_python(version: tuple = tuple(sys.version_info[:3])) -> None:
    """Refuse a Python older than 3.11, naming the command that mends it."""
    newer = [n for n in ("python3.13", "python3.12", "python3.11") if shutil.which(n)]
    installs = {"win32": "winget install Python.Python.3.12", "darwin": "brew install python@3.12"}
    by_apt = "sudo apt install python3.11 python3.11-venv && python3.11 start.py"
    mend = newer[0] + " start.py" if newer else installs.get(sys.platform, by_apt)
    if version < (3, 11):
        stop("old_python", 2, have=".".join(map(str, version)), mend=mend)


def quietly(command: list, env: Any = None, watch: Callable = lambda line: None) -> int:
    """Run a program, handing its lines to `watch`; show the last ones only if it fails."""
    how: Any = dict(env=env, close_fds=False, start_new_session=True, stdin=subprocess.DEVNULL)
    how.update(stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = [""]
    with subprocess.Popen(command, **how) as child:
        try:
            for raw in child.stdout or []:
                lines = lines[-12:] + [raw.decode("utf-8", "replace").rstrip()]
                watch(lines[-1])
        except BaseException:
            os.killpg(child.pid, signal.SIGTERM) if hasattr(os, "killpg") else child.terminate()
            raise
    if child.returncode:
        print("\n".join(lines), file=sys.stderr)
    return child.returncode


def apt_install(packages: list) -> None:
    """As root on Debian or Ubuntu install packages, without questions; the caller looks again."""
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")):
        return
    tell("apt", names=" ".join(packages))
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = "apt-get -qq install -y --no-install-recommends " + " ".join(packages)
    for line in ("dpkg --configure -a", "apt-get -qq update", install):
        quietly(line.split(), env)  # the first mends an installation that was stopped


def ensure_venv_module() -> None:
    """Have what makes an environment; Debian packs it apart."""
    names = ["python3-venv", "python{}.{}-venv".format(*sys.version_info[:2])]
    if not importlib.util.find_spec("ensurepip"):
        apt_install(names)
        importlib.invalidate_caches()
    if not importlib.util.find_spec("ensurepip"):
        stop("no_venv", 2, mend="sudo apt install " + " ".join(names))


def find_browser() -> str:
    """Path of Chromium, Chrome or Edge; empty when there is none."""
    candidates = [os.environ.get("WORKBENCH_BROWSER", "")]
    candidates += [shutil.which(name) or "" for name in BROWSERS] + BROWSER_FILES
    return next((path for path in candidates if path and os.path.isfile(path)), "")


def has_chinese_font() -> bool:
    """Whether pages can show Chinese; desks other than Linux bring their own fonts."""
    folders = [Path("/usr/share/fonts"), Path.home() / ".local/share/fonts", Path.home() / ".fonts"]
    files = (path.name for folder in folders for path in folder.rglob("*.*"))
    return not sys.platform.startswith("linux") or any(map(CHINESE_FONT.search, files))


def ensure_browser_and_font(for_tests: bool) -> str:
    """Path of the browser, or empty; tells what is missing and the command that mends it."""
    linux = sys.platform.startswith("linux")
    name = "chromium-browser" if "ubuntu" in read_text(Path("/etc/os-release")) else "chromium"
    needs: list = [(name, find_browser), ("fonts-noto-cjk", has_chinese_font)]
    if linux and for_tests:  # what drives the browser there is linked to it
        needs += [("libatomic1", lambda: ctypes.util.find_library("atomic"))]
    missing = " ".join(name for name, found in needs if not found())
    if missing and for_tests:
        apt_install(missing.split())
    if not all(found() for _, found in needs):
        tell("missing", mend="sudo apt install " + missing if linux else "Chrome / Edge")
    return find_browser()


def read_text(path: Path) -> str:
    """Text of a small file; empty when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def digest(*parts: str) -> str:
    """Hash of texts that together decide something."""
    return hashlib.sha256("\0".join(parts).encode("utf-8")).hexdigest()


def project() -> dict:
    """The parts of pyproject.toml that decide how the project is installed."""
    import tomllib

    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {"project": table["project"], "hatch": table["tool"]["hatch"]}


def own_wheel(folder: str) -> Path:
    """The project's own wheel in a folder made by `start.py wheels`."""
    name = "workbench-{}-py3-none-any.whl".format(project()["project"]["version"])
    if not (Path(folder) / name).is_file():
        stop("no_wheel", 2, folder=folder, name=name)
    return Path(folder) / name


def wanted(kind: str, wheels: str) -> dict:
    """The stamp that a complete set-up of a kind ("app" or "test") leaves."""
    own = digest(json.dumps(project(), sort_keys=True), read_text(ROOT / "hatch_build.py"))
    if wheels:
        own = hashlib.sha256(own_wheel(wheels).read_bytes()).hexdigest()
    base = digest("{}.{}".format(*sys.version_info[:2]), str(ROOT), *map(read_text, LOCKS.values()))
    return {"base": base, "kinds": sorted({"app", kind}), "own": own, "wheels": wheels}


def read_stamp() -> dict:
    """What the last complete set-up left; empty when there is none or it is damaged."""
    try:
        stamp = json.loads(read_text(STAMP))
        return stamp if isinstance(stamp, dict) and program("python").exists() else {}
    except ValueError:
        return {}


def write_stamp(stamp: dict) -> None:
    """Put the stamp in place in one move."""
    half = STAMP.with_suffix(".part")
    half.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    os.replace(str(half), str(STAMP))


def has_library() -> bool:
    """Whether the chart library that the build hook names lies in the checkout."""
    hook = read_text(ROOT / "hatch_build.py")
    return any(path.name in hook for path in (ROOT / LABEXTENSIONS).glob("*/static/echarts*.js"))


def work_to_do(stamp: dict, want: dict) -> str:
    """What leads from a stamp to the wanted one: "fresh", "mend", or nothing."""
    if stamp.get("base") != want["base"]:
        return "fresh"
    own = stamp["own"] == want["own"] or (stamp["wheels"] and not want["wheels"])
    return "" if own and set(want["kinds"]) <= set(stamp["kinds"]) and has_library() else "mend"


def program(name: str) -> Path:
    """A program of the environment."""
    return VENV / "Scripts" / (name + ".exe") if os.name == "nt" else VENV / "bin" / name


@contextlib.contextmanager
def only_one():
    """Hold this folder's lock (where the system has such); pip keeps it too until it ends."""
    with open(str(ROOT / ".venv.lock"), "a") as handle:
        with contextlib.suppress(ImportError):
            import fcntl

            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                tell("waiting")
                fcntl.flock(handle, fcntl.LOCK_EX)
            os.set_inheritable(handle.fileno(), True)
        yield


def fresh_venv() -> None:
    """Put an empty environment in place of whatever half-made or outdated one is there."""
    if VENV.exists() and any(VENV.iterdir()) and not BEGUN.exists():
        stop("not_ours", 2, folder=VENV)
    if VENV.exists():
        VENV.rename(Path(tempfile.mkdtemp(prefix=".venv-old-", dir=str(ROOT))) / "venv")
    for old in ROOT.glob(".venv-old-*"):
        shutil.rmtree(str(old), ignore_errors=True)
    VENV.mkdir()
    BEGUN.write_text("made by start.py\n", encoding="utf-8")
    if quietly([sys.executable, "-m", "venv", str(VENV)]):
        stop("venv_failed", folder=VENV)


def pip(*words: str, lock: str = "", tools: str = "") -> None:
    """Run the environment's pip, over the packages of a lock if given; pip's settings hold."""
    command = [str(program("python")), "-m", "pip", "--no-input", "--disable-pip-version-check"]
    command += words
    if lock:
        command += ["--require-hashes", "--progress-bar", "off", "-r", str(LOCKS[lock])]
    env = dict(os.environ, PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8", PYTHONPATH=tools)
    if quietly(command, env, progress(lock) if lock else lambda line: None):
        stop("pip_failed")


def progress(lock: str) -> Callable:
    """A watcher of pip's lines that shows how far it is over the packages of a lock."""
    total, began, seen = read_text(LOCKS[lock]).count("=="), time.time(), []

    def watch(line: str) -> None:
        name = re.match(r"(?:Collecting|Processing|Requirement already satisfied:) (\S+)", line)
        if name:
            seen.append(re.split("[=-]", name.group(1).split("/")[-1])[0])
        if (name and len(seen) % 20 == 0) or line.startswith("Installing"):
            what = seen[-1] if name else "安装 / installing (20–90 s)"
            print(f"  {len(seen)}/{total}  {time.time() - began:.0f} s  {what}", file=sys.stderr)

    return watch


@contextlib.contextmanager
def build_tools():
    """A passing folder with the locked tools that build the project, kept out of .venv."""
    locks = BUILD_LOCKS[:1] if shutil.which("npm") or has_library() else BUILD_LOCKS
    if len(locks) > 1:
        tell("node")
    with tempfile.TemporaryDirectory(prefix="workbench-build-") as folder:
        given = [word for lock in locks for word in ("-r", str(lock))]
        pip("install", "--require-hashes", "--target", folder, *given)
        yield folder


def install(kind: str, wheels: str) -> None:
    """Install the locked packages and the project: editable here, or from wheels."""
    if not wheels:
        pip("install", lock=kind)
        with build_tools() as tools:
            pip("install", "--no-deps", "--no-build-isolation", "-e", str(ROOT), tools=tools)
        return
    offline = ["--no-index", "--find-links", wheels, "--only-binary", ":all:"]
    pip("install", *offline, lock=kind)
    wheel = str(own_wheel(wheels))
    pip("install", *offline, "--no-deps", "--force-reinstall", wheel)
    with zipfile.ZipFile(wheel) as archive:  # the checkout's tests need the chart library too
        for name in archive.namelist():
            if name.startswith(LABEXTENSIONS):
                archive.extract(name, str(ROOT))


def set_up(kind: str, wheels: str = "") -> None:
    """Bring .venv to what is wanted; may be stopped at any moment and started again."""
    remembered = read_stamp().get("wheels", "")
    if not wheels and remembered and Path(remembered).is_dir():
        wheels = remembered
    want = wanted(kind, wheels)
    if not work_to_do(read_stamp(), want):
        return
    ensure_venv_module()
    with only_one():
        began, stamp = time.time(), read_stamp()
        if work_to_do(stamp, want) == "fresh":
            tell("first")
            fresh_venv()
            stamp = {}
        else:
            tell("update")
            write_stamp({})  # pip takes what was installed half-way for whole: begin anew then
            want["kinds"] = sorted(set(want["kinds"] + stamp["kinds"]))
        try:
            install("test" if "test" in want["kinds"] else "app", wheels)
        except SystemExit:
            if stamp:  # pip ended by itself and took back what it had begun
                write_stamp(dict(stamp, own=""))
            raise
        write_stamp(want)
        tell("ready", seconds=round(time.time() - began))


def gather(folder: str) -> int:
    """Put the locked wheels and the project's own into a folder."""
    target = Path(folder).resolve()
    target.mkdir(parents=True, exist_ok=True)
    set_up("app")
    tell("gathering")
    with only_one(), build_tools() as tools:
        pip("download", "--only-binary", ":all:", "-d", str(target), lock="test")
        pip("wheel", "--no-deps", "--no-build-isolation", "-w", str(target), str(ROOT), tools=tools)
    tell("gathered", folder=target, version="{}.{}".format(*sys.version_info[:2]))
    return 0


def run_tests(words: list) -> int:
    """Run the tests, with the browser's path in WORKBENCH_BROWSER."""
    browser = ensure_browser_and_font(for_tests=True)
    if not browser and os.environ.get("CI", "").lower() in ("1", "true"):
        stop("browser_needed")
    tell("testing" if browser else "testing_without_browser")
    command = [str(program("python")), "-m", "pytest", "-n", "2"]
    command += [] if browser else ["-m", "not browser"]
    return run(command + words, dict(os.environ, WORKBENCH_BROWSER=browser), str(ROOT))


def run(command: list, env: dict, folder: str) -> int:
    """Run a program to its end; Ctrl+C is the program's to answer."""
    child = subprocess.Popen(command, env=env, cwd=folder)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while child.poll() is None:
        with contextlib.suppress(KeyboardInterrupt):
            child.wait()
    return child.returncode


def command_line(words: list) -> int:
    """Do what the words ask; the exit status."""
    wheels = ""
    if words[:1] == ["--wheels"]:
        wheels, words = str(Path(" ".join(words[1:2])).resolve()), words[2:]
        if not Path(wheels).is_dir():
            stop("no_folder", 2, folder=wheels)
    command, *rest = words or ["app"]
    if command == "wheels" and len(rest) == 1 and not wheels:
        return gather(rest[0])
    if command not in ("app", "lab", "test"):
        print(__doc__.split("\n", 2)[2], file=sys.stderr)
        return 0 if command in ("-h", "--help", "help") else 2
    set_up("test" if command == "test" else "app", wheels)
    if command == "test":
        return run_tests(rest)
    ensure_browser_and_font(for_tests=False)
    tell("opening", command="workbench " + command)
    return run([str(program("workbench")), command] + rest, dict(os.environ), os.getcwd())


def main() -> int:
    """Run, and answer every foreseeable fault with a message in both languages."""
    for stream in (sys.stdout, sys.stderr):  # a console that cannot show Chinese
        getattr(stream, "reconfigure", dict)(errors="replace")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as polite as Ctrl+C
    check_python()
    try:
        return command_line(sys.argv[1:])
    except OSError as error:
        stop("disk", error=error)
    except KeyboardInterrupt:
        stop("stopped", 130)


if __name__ == "__main__":
    sys.exit(main())
