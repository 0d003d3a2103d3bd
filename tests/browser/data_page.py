"""The page of a data set in a browser, and its map: moved, asked, filtered, lit, taken away."""

import json
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
    weft("explore", "--data", "points.csv", "--map", "none", "--out", "no-map.html")
    light(folder / "data.html", folder / "lit.html")


def light(page, lit):
    """The same page as a model and an audit would have it: with answers, of which every tenth is wrong, and suspects."""
    text = page.read_text(encoding="utf-8")
    begin = text.index('id="data">') + len('id="data">')
    end = text.index("</script>", begin)
    data = json.loads(text[begin:end])
    labels = data["map"]["label"]
    data["map"]["answer"] = [(label + 1) % 4 if i % 10 == 0 else label for i, label in enumerate(labels)]
    data["map"]["suspects"] = [5, 6, 7]
    lit.write_text(text[:begin] + json.dumps(data).replace("<", "\\u003c") + text[end:], encoding="utf-8")


def check(browser, folder):
    browser.look()
    browser.open(folder / "no-map.html")
    assert browser.run("return document.getElementById('map')") is None
    open_map(browser, folder / "lit.html")
    check_lights(browser)
    open_map(browser, folder / "data.html")
    for name in ["answers", "counts", "classes", "map"]:
        assert len(browser.text(name)) > 20, name
    assert HOSTILE[0] in browser.run("return document.body.textContent")
    assert browser.run("return window.pwned") is None
    check_hover(browser)
    check_classes(browser)
    check_pan(browser)
    check_exports(browser)
    check_widths(browser)


def open_map(browser, page):
    browser.open(page)
    browser.run("document.querySelector('canvas.map').scrollIntoView({block: 'center'})")
    browser.wait("Number(document.querySelector('canvas.map').dataset.frames) > 0", "the map")


def colours(browser, least=1):
    """How many pixels of the map differ by this much or more, of 255, from its ground."""
    return browser.run("""const canvas = document.querySelector("canvas.map"), context = canvas.getContext("2d");
        const all = context.getImageData(0, 0, canvas.width, canvas.height).data;
        const far = (i) => [0, 1, 2].some((c) => Math.abs(all[i + c] - all[c]) >= arguments[0]);
        let n = 0;
        for (let i = 0; i < all.length; i += 4) n += far(i);
        return n""", least)


def check_lights(browser):
    """What is lit stays as strong as it was, and the rest becomes faint."""
    shown, strong = colours(browser), colours(browser, 100)
    left = {}
    for choice in ["mistakes", "suspects"]:
        redrawn(browser, f"document.querySelector('.lights [value={choice}]').click()")
        left[choice] = colours(browser, 100)
    assert 0 < left["suspects"] < left["mistakes"] < strong / 3, (left, strong)
    assert colours(browser) > shown / 2
    redrawn(browser, "document.querySelector('.lights [value=none]').click()")
    assert colours(browser, 100) == strong


def pointer(browser, kind, x, y):
    browser.run("""const [kind, x, y] = arguments;
        const canvas = document.querySelector("canvas.map"), box = canvas.getBoundingClientRect();
        canvas.setPointerCapture = () => {};
        canvas.dispatchEvent(new PointerEvent(kind,
            {bubbles: true, pointerId: 1, clientX: box.left + x, clientY: box.top + y}))""", kind, x, y)


def check_hover(browser):
    assert colours(browser) > POINTS
    width, height = browser.run("""const {clientWidth, clientHeight} = document.querySelector("canvas.map");
        return [clientWidth, clientHeight]""")
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
    press = "[...document.querySelectorAll('.legend button')].find((one) => one.textContent === arguments[0]).click()"
    redrawn(browser, press, "none")
    assert colours(browser) == 0
    redrawn(browser, press, "all")
    assert colours(browser) > POINTS


def check_pan(browser):
    before = colours(browser)
    press = "document.querySelector('canvas.map').dispatchEvent(new KeyboardEvent('keydown', {key: arguments[0]}))"
    redrawn(browser, press, "ArrowLeft")
    for _ in range(8):
        redrawn(browser, "document.querySelector('[aria-label=\"Zoom in\"]').click()")
    assert colours(browser) != before
    redrawn(browser, press, "0")
    assert abs(colours(browser) - before) < 200  # a ring may be around the point in the middle


def check_exports(browser):
    browser.run("""window.saved = [];
        const made = new Map(), create = URL.createObjectURL.bind(URL);
        HTMLAnchorElement.prototype.click = function () {
            window.saved.push({name: this.download, blob: made.get(this.href)});
        };
        URL.createObjectURL = (blob) => {
            const url = create(blob);
            made.set(url, blob);
            return url;
        };""")
    for kind in ["CSV", "PNG"]:
        browser.run("document.querySelector(arguments[0]).click()", f"[aria-label='Save as {kind}']")
    browser.wait("window.saved.length === 2", "what is saved")
    names = browser.run("return window.saved.map(({name}) => name).sort()")
    assert names == ["map.csv", "map.png"], names
    text = browser.driver.execute_async_script(
        "const done = arguments[0]; window.saved.find(({name}) => name === 'map.csv').blob.text().then(done)")
    assert text.startswith("index,x,y,label\n0,") and HOSTILE[0] in text
    assert browser.run("return window.saved.find(({name}) => name === 'map.png').blob.size") > 5000


def check_widths(browser):
    """Nothing makes the page wider than its window, the tip beside the point at the right border neither."""
    for width in [400, 1400]:
        browser.look(width=width)
        browser.wait(f"innerWidth === {width}", "the width")
        assert browser.run("return document.documentElement.scrollWidth") <= width
        browser.run("""const tip = document.querySelector(".tip"), canvas = document.querySelector("canvas.map");
            tip.hidden = false;
            tip.style.setProperty("--x", `${canvas.clientWidth}px`)""")
        assert browser.run("return document.documentElement.scrollWidth") <= width
