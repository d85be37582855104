"""A real browser without a window: Debian's Chromium, driven through its own driver."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium_axe_python.axe import _DEFAULT_SCRIPT as AXE

Open = Callable[..., webdriver.Chrome]
"""What the fixture `opened` gives: path → the browser that shows it."""

_ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


@contextmanager
def chromium() -> Iterator[webdriver.Chrome]:
    """The browser; a test that needs it is skipped where there is none."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("no Chromium with its driver is installed (Debian: chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in _ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    with webdriver.Chrome(options=options, service=Service(driver)) as chrome:
        yield chrome


def show(chrome: webdriver.Chrome, path: Path, width: int = 1440, scripts: bool = True, place: str = "") -> None:
    """Open a file at a width and, with a `place`, there; with `scripts` off as where a reader forbids them."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
    chrome.get("about:blank")
    asked_for(chrome)
    chrome.get(path.as_uri() + place)


def prefer(chrome: webdriver.Chrome, scheme: str) -> None:
    """Show pages as to a reader who prefers `scheme`, `light` or `dark`."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def barriers(chrome: webdriver.Chrome) -> list[str]:
    """What on the page that is shown breaks WCAG 2.2 AA, as far as axe can tell: rules and where first."""
    chrome.execute_script(Path(AXE).read_text(encoding="utf-8"))  # type: ignore[no-untyped-call]
    levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = {"runOnly": levels, "rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
    run = "axe.run(document, arguments[0]).then(found => arguments[1](found.violations))"
    found = chrome.execute_async_script(run, options)  # type: ignore[no-untyped-call]
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found]


def asked_for(chrome: webdriver.Chrome) -> list[str]:
    """Every address that the browser asked for since it was asked this last."""
    messages = [json.loads(entry["message"])["message"] for entry in chrome.get_log("performance")]  # type: ignore[no-untyped-call]
    urls = [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]
    return [url for url in urls if url != "about:blank"]


def beyond(path: Path, urls: list[str]) -> list[str]:
    """Of the addresses that a page asked for those that are neither itself nor pictures of evidence beside it."""
    beside = path.parent.as_uri()
    return [
        url
        for url in urls
        if url != path.as_uri() and not url.startswith("data:") and not (url.startswith(beside) and "/evidence/" in url)
    ]
