#!/usr/bin/python3
"""How many frames a second a map of 70,000 pictures is panned at, drawn without a graphics card.

    tests/browser/map_frames.py PROGRAM

Not one of the tests: it says something of a machine that does nothing else. Fails below 20.
"""

import pathlib
import random
import subprocess
import sys
import tempfile

from browser import Browser

POINTS = 70000
PAN = """
const done = arguments[0], canvas = document.querySelector("canvas.map"), box = canvas.getBoundingClientRect();
const send = (kind, x, y) => canvas.dispatchEvent(
  new PointerEvent(kind, {bubbles: true, pointerId: 1, clientX: box.left + x, clientY: box.top + y}));
canvas.setPointerCapture = () => {};
send("pointerdown", 300, 300);
const before = Number(canvas.dataset.frames), began = performance.now();
let moves = 0;
(function move() {
  ++moves;
  send("pointermove", 300 + 100 * Math.sin(moves / 10), 300 + 60 * Math.cos(moves / 13));
  const seconds = (performance.now() - began) / 1000;
  if (seconds < 5) return requestAnimationFrame(move);
  send("pointerup", 0, 0);
  done([canvas.width, canvas.height, (Number(canvas.dataset.frames) - before) / seconds]);
})();
"""


def main():
    with tempfile.TemporaryDirectory() as name, Browser() as browser:
        folder, places = pathlib.Path(name), random.Random(1)
        with open(folder / "map.csv", "w", encoding="utf-8") as file:
            file.write("index,x,y\n")
            for i in range(POINTS):
                file.write(f"{i % 60000},{places.gauss(0, 20):.4f},{places.gauss(0, 20):.4f}\n")
        subprocess.run([pathlib.Path(sys.argv[1]).resolve(), "explore", "--data", "fashion-mnist", "--map", "map.csv", "--out", "map.html"],
                       cwd=folder, check=True)
        browser.look()
        browser.open(folder / "map.html")
        browser.run("document.querySelector('canvas.map').scrollIntoView({block: 'center'})")
        browser.wait("Number(document.querySelector('canvas.map').dataset.frames) > 0", "the map")
        width, height, frames = browser.driver.execute_async_script(PAN)
        size = (folder / "map.html").stat().st_size / 1e6
        print(f"{POINTS} points on {width} x {height} pixels: {frames:.1f} frames a second; the page is {size:.1f} MB")
        return 0 if frames >= 20 else 1


if __name__ == "__main__":
    sys.exit(main())
