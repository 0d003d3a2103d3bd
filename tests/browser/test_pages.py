#!/usr/bin/python3
"""Opens the pages that weft makes in a browser without a window, from file://, and looks whether they do what they should.

    tests/browser/test_pages.py PROGRAM [--shots FOLDER]

Needs chromium, chromium-driver and python3-selenium (scripts/bootstrap --browser). --shots keeps pictures of the pages.
"""

import argparse
import os
import pathlib
import subprocess
import tempfile

import article_page
import data_page
import run_page
from browser import Browser


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)

        def weft(*arguments):
            environment = dict(os.environ, XDG_CACHE_HOME=str(folder / "cache"))
            ran = subprocess.run([options.program.resolve(), *arguments], cwd=folder, env=environment,
                                 capture_output=True, text=True)
            assert ran.returncode == 0, f"weft {' '.join(arguments)}: {ran.stderr}"
            return ran.stdout

        pages = [run_page, data_page, article_page]
        for page in pages:
            page.make(weft, folder)
        made = sorted(folder.rglob("*.html"))
        with Browser() as browser:
            for page in pages:
                page.check(browser, folder)
                print(f"{page.__name__}: as it should be")
            asked = [url for url in browser.requests() if url not in [f"file://{path}" for path in made]]
            assert asked == [], f"the pages asked for {asked}"
            complaints = browser.complaints()
            assert complaints == [], complaints
            if options.shots:
                keep_shots(browser, made, options.shots)


def keep_shots(browser, made, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for path in made:
        for width in [400, 1400]:
            for dark in [False, True]:
                browser.look(width=width, dark=dark)
                browser.open(path)
                browser.screenshot(folder / f"{path.parent.name}-{path.stem}-{width}-{'dark' if dark else 'light'}.png")


if __name__ == "__main__":
    main()
