"""Chromium without a window, for looking at pages: what they ask for, what they complain about, what is on them."""

import base64
import json
import tempfile
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]


class Browser:
    def __init__(self, chromium="/usr/bin/chromium", driver="/usr/bin/chromedriver"):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for argument in [*ARGUMENTS, f"--user-data-dir={self.profile.name}"]:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service(driver), options=options)
        self.driver.set_script_timeout(60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()
        self.profile.cleanup()

    def look(self, width=1400, height=900, dark=False):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
                         {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def open(self, path):
        """Opens the file and waits until its page is drawn, or says that it could not be."""
        self.driver.get(f"file://{path}")
        self.wait("document.documentElement.dataset.drawn || document.querySelector('[role=alert]')", "the page to be drawn")

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def wait(self, condition, what, seconds=30):
        end = time.monotonic() + seconds
        while not self.run(f"return Boolean({condition})"):
            assert time.monotonic() < end, f"waited {seconds} s for {what}"
            time.sleep(0.02)

    def find(self, selector):
        return self.driver.find_element("css selector", selector)

    def text(self, name):
        """What stands in the section with this id; nothing where there is none."""
        return self.run("return document.getElementById(arguments[0])?.textContent ?? ''", name)

    def click(self, element):
        """A true click of the pointer, which is none where something lies above the element."""
        self.run("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def complaints(self):
        """Errors in the console; what the page's policy refuses is one."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    def requests(self):
        """What was asked for since the last call, but for what the page holds itself and the browser's own first page."""
        asked = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                url = message["params"]["request"]["url"]
                if not url.startswith(("data:", "blob:", "chrome:")):
                    asked.append(url)
        return asked

    def screenshot(self, path):
        size = self.run("return [innerWidth, document.documentElement.scrollHeight]")
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {
            "captureBeyondViewport": True, "clip": {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}})
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def pdf(self):
        return base64.b64decode(self.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})["data"])
