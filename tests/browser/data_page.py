"""The page of a data set in a browser, and its map: moved, asked, filtered, taken away."""

import math
import random

from made_data import HOSTILE, write_csv

POINTS = 3000


def make(weft, folder):
    write_csv(folder / "points.csv", HOSTILE, each=POINTS // len(HOSTILE))
    places = random.Random(1)
    with open(folder / "map.csv", "w", encoding="utf-8") as file:
        file.write("index,x,y,label\n")
        for i in range(POINTS):
            file.write(f"{i},{places.gauss(10 * (i % 4), 2)},{places.gauss(5 * (i % 2), 2)},x\n")
    weft("explore", "--data", "points.csv", "--map", "map.csv", "--out", "data.html")
    weft("explore", "--data", "points.csv", "--out", "no-map.html")


def check(browser, folder):
    browser.look()
    browser.open(folder / "no-map.html")
    assert browser.run("return document.getElementById('map')") is None
    browser.open(folder / "data.html")
    for name in ["answers", "counts", "classes", "map"]:
        assert browser.run("return document.getElementById(arguments[0])?.textContent.length ?? 0", name) > 20, name
    assert HOSTILE[0] in browser.run("return document.body.textContent")
    assert browser.run("return window.pwned") is None
    browser.run("document.querySelector('canvas.map').scrollIntoView({behavior: 'instant', block: 'center'})")
    browser.wait("Number(document.querySelector('canvas.map').dataset.frames) > 0", "the map")
    check_hover(browser)
    check_classes(browser)
    check_pan(browser)
    check_exports(browser)
    for width in [400, 1400]:
        browser.look(width=width)
        browser.wait(f"innerWidth === {width}", "the width")
        assert browser.run("return document.documentElement.scrollWidth") <= width


def colours(browser):
    """How many pixels of the map are not its ground."""
    return browser.run("""const canvas = document.querySelector("canvas.map"), all = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        let n = 0;
        for (let i = 0; i < all.length; i += 4) n += all[i] !== all[0] || all[i + 1] !== all[1] || all[i + 2] !== all[2];
        return n""")


def pointer(browser, kind, x, y):
    browser.run("""const canvas = document.querySelector("canvas.map"), box = canvas.getBoundingClientRect();
        canvas.setPointerCapture = () => {};
        canvas.dispatchEvent(new PointerEvent(arguments[0], {bubbles: true, pointerId: 1, clientX: box.left + arguments[1], clientY: box.top + arguments[2]}))""", kind, x, y)


def check_hover(browser):
    assert colours(browser) > POINTS
    width, height = browser.run("const canvas = document.querySelector('canvas.map'); return [canvas.clientWidth, canvas.clientHeight]")
    for i in range(400):  # a spiral from the middle, until a point is met
        x, y = width / 2 + i * math.cos(i / 3) / 2, height / 2 + i * math.sin(i / 3) / 2
        pointer(browser, "pointermove", x, y)
        if not browser.run("return document.querySelector('.tip').hidden"):
            break
    browser.wait("document.querySelector('.tip .picture')", "the picture of the point")
    assert browser.run("return document.querySelector('.tip .picture').width") == 6
    pointer(browser, "pointerdown", x, y)
    pointer(browser, "pointerup", x, y)
    browser.wait("document.querySelector('.pinned .picture')", "the pinned picture")
    assert "No. " in browser.run("return document.querySelector('.pinned li').textContent")
    browser.run("document.querySelector('.pinned button').click()")
    assert browser.run("return document.querySelectorAll('.pinned li').length") == 0


def redrawn(browser, script, *arguments):
    before = browser.run("return Number(document.querySelector('canvas.map').dataset.frames)")
    browser.run(script, *arguments)
    browser.wait(f"Number(document.querySelector('canvas.map').dataset.frames) > {before}", "another frame")


def check_classes(browser):
    pointer(browser, "pointerleave", 0, 0)
    all_of_them = colours(browser)
    redrawn(browser, "document.querySelector('.legend label input').click()")
    assert 0 < colours(browser) < all_of_them
    redrawn(browser, "[...document.querySelectorAll('.legend button')].find((one) => one.textContent === 'none').click()")
    assert colours(browser) == 0
    redrawn(browser, "[...document.querySelectorAll('.legend button')].find((one) => one.textContent === 'all').click()")
    assert colours(browser) > POINTS


def check_pan(browser):
    before = colours(browser)
    redrawn(browser, "document.querySelector('canvas.map').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowLeft'}))")
    for _ in range(8):
        redrawn(browser, "document.querySelector('[aria-label=\"Zoom in\"]').click()")
    assert colours(browser) != before
    redrawn(browser, "[...document.querySelectorAll('.tools button')].find((one) => one.textContent === 'All of it').click()")
    assert colours(browser) > POINTS


def check_exports(browser):
    browser.run("""window.saved = [];
        HTMLAnchorElement.prototype.click = function () { window.saved.push(fetchless(this)); };
        const made = new Map(), create = URL.createObjectURL.bind(URL);
        URL.createObjectURL = (blob) => { const url = create(blob); made.set(url, blob); return url; };
        const fetchless = (link) => ({name: link.download, blob: made.get(link.href)});""")
    browser.run("document.querySelector('[aria-label=\"Save as CSV\"]').click(); document.querySelector('[aria-label=\"Save as PNG\"]').click()")
    browser.wait("window.saved.length === 2", "what is saved")
    names = browser.run("return window.saved.map(({name}) => name).sort()")
    assert names == ["map.csv", "map.png"], names
    text = browser.driver.execute_async_script("const done = arguments[0]; window.saved.find(({name}) => name === 'map.csv').blob.text().then(done)")
    assert text.startswith("index,x,y,label\n0,") and HOSTILE[0] in text
    assert browser.run("return window.saved.find(({name}) => name === 'map.png').blob.size") > 5000
