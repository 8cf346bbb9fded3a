"""A demo that runs as anybody would start it, and a headless browser in front of it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from foster_bond.demo.places import demo_folder
from foster_bond.library.demo_story import demo_story
from tests.conftest import chromium
from tests.lived_demo import WEEKS, lived_demo

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 90  # seconds: about two on a machine that is not busy; its weeks have been lived by then


@dataclass(frozen=True, slots=True)
class Running:
    """The demo's address, and the passwords of its people by the key that the story gives them."""

    url: str

    def sign_in(self, page: Page, key: str) -> None:
        """Come in at the front door, as the sign-in page asks for it."""
        who = next(one for one in demo_story().staff if one.key == key)
        page.goto(f"{self.url}/sign-in")
        page.get_by_label("Email").fill(who.email)
        page.get_by_label("Password").fill(who.password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.url}/")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`foster-bond demo --weeks 2` in a folder of its own, ended with this process."""
    folder = tmp_path_factory.mktemp("demo")
    lived_demo(tmp_path_factory).copied_to(demo_folder(folder))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [
        sys.executable,
        "-c",
        "from foster_bond.cli import main; main()",
        "demo",
        "--port",
        str(port),
        "--weeks",
        str(WEEKS),
    ]
    environ = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    said = (folder / "said.txt").open("wb")
    process = subprocess.Popen(
        words, cwd=folder, env=environ | {"PYTHONPATH": str(ROOT)}, stdout=said, stderr=subprocess.STDOUT
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", process, folder / "said.txt")
        yield Running(f"http://127.0.0.1:{port}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        said.close()


@pytest.fixture(scope="module")  # not the session: its event loop would stand in the way of this process's other tests
def chrome() -> Iterator[Browser]:
    path = chromium()
    assert path is not None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chrome: Browser) -> Iterator[Page]:
    """A fresh browser window; whatever its console complains about fails the test."""
    context = chrome.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    context.close()
    assert wrong == []


def _wait_for(url: str, process: subprocess.Popen[bytes], said: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        assert process.poll() is None, said.read_text(encoding="utf-8")
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.3)
    raise AssertionError(f"the demo did not open in {STARTS_WITHIN} s: {said.read_text(encoding='utf-8')}")
