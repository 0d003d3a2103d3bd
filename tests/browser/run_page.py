"""The page of a run, in a browser: drawn, asked, printed, and not fooled by names."""

from made_data import HOSTILE, write_csv, write_photos


def make(weft, folder):
    write_csv(folder / "hostile.csv", HOSTILE)
    weft("train", "--data", "hostile.csv", "--network", "dense 12, relu, dense 4", "--epochs", "3", "--out", "run")
    write_photos(folder / "photos", ["<i>one", "two\"'"])
    weft("train", "--data", "photos", "--image-size", "8", "--network", "conv 4 3x3, relu, dense 2", "--epochs", "2",
         "--val-fraction", "0.5", "--out", "photo-run")


def check(browser, folder):
    check_sections(browser, folder / "run/report.html")
    check_cells(browser)
    check_keys(browser)
    check_names(browser, HOSTILE[0])
    check_widths(browser)
    check_photo_names(browser, folder / "photo-run/report.html")


def check_sections(browser, page):
    browser.look()
    browser.open(page)
    assert browser.run("return document.querySelector('[role=alert]')") is None
    for name in ["answers", "learning", "quality", "confusion", "mistakes", "trust", "samples", "weights", "settings"]:
        assert len(browser.text(name)) > 20, name
    browser.wait("document.querySelectorAll('.chart svg').length >= 4", "the charts")
    empty = browser.run("""const seen = (shape) => shape.getBoundingClientRect().height > 0;
        return [...document.querySelectorAll(".chart")]
            .filter((chart) => ![...chart.querySelectorAll("path, rect, circle")].some(seen))
            .map((chart) => chart.textContent)""")
    assert empty == [], empty
    blank = browser.run("""const pixels = (canvas) => new Uint32Array(
            canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
        return [...document.querySelectorAll("canvas")].filter((canvas) => new Set(pixels(canvas)).size < 2).length""")
    assert blank == 0, f"{blank} pictures are of one colour"
    # What a reader of screens goes by.
    for selector in ["main", "nav[aria-label]", "header", "footer", "h1", "a.skip[href='#main']", "html[lang]"]:
        assert browser.run("return document.querySelectorAll(arguments[0]).length", selector) == 1, selector
    nameless = browser.run("""return [...document.querySelectorAll("canvas, [role=img], button, a")]
        .filter((one) => !one.getAttribute("aria-label") && !one.textContent.trim()).map((one) => one.outerHTML)""")
    assert nameless == [], nameless


def check_cells(browser):
    cell = browser.find(".cell.wrong:not(.none)")
    count = int(cell.text)
    browser.click(cell)
    assert browser.run("return document.querySelectorAll('.panel .card').length") == min(count, 24)
    assert browser.run("return document.querySelector('.panel .picture').width") == 6
    assert cell.get_attribute("aria-pressed") == "true"


def check_keys(browser):
    browser.run("document.querySelector('.confusion [tabindex=\"0\"]').focus()")
    for key in ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowDown", "ArrowRight"]:
        browser.run("""document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", {key: arguments[0], bubbles: true}))""", key)
    at = browser.run("return [document.activeElement.dataset.row, document.activeElement.dataset.column]")
    assert at == ["1", "1"], at
    browser.run("document.activeElement.click()")
    title = browser.run("return document.querySelector('.panel h3').textContent")
    assert "taken for what they are" in title, title
    assert browser.run("return document.querySelectorAll('.confusion button[tabindex=\"0\"]').length") == 1
    # A chart is read with the arrow keys.
    words = browser.run("""const chart = document.querySelector(".chart svg[tabindex]");
        chart.dispatchEvent(new KeyboardEvent("keydown", {key: "Home"}));
        return chart.parentElement.querySelector(".words").textContent""")
    assert words.startswith("epoch 1:"), words


def check_names(browser, name):
    assert browser.run("return window.pwned") is None
    markup = "main script, main img, main [onclick], main [onerror], bdi *"
    assert browser.run("return document.querySelectorAll(arguments[0]).length", markup) == 0
    text = browser.run("return document.body.textContent")
    assert name in text, "a name that is markup stands there as text"


def check_widths(browser):
    grounds = []
    for dark in [False, True]:
        for width in [400, 1400]:
            browser.look(width=width, dark=dark)
            browser.wait(f"innerWidth === {width}", "the width")
            wide = browser.run("return document.documentElement.scrollWidth")
            assert wide <= width, f"{wide} pixels in a window of {width}"
        grounds.append(browser.run("return getComputedStyle(document.body).backgroundColor"))
    assert grounds[0] != grounds[1], grounds
    browser.look()
    assert len(browser.pdf()) > 20000


def check_photo_names(browser, page):
    browser.open(page)
    assert browser.run("return document.querySelector('[role=alert]')") is None
    check_names(browser, "<i>one")
    files = browser.run("return [...document.querySelectorAll('.card .file')].map((file) => file.textContent)")
    assert files and all("<b onclick=x>" in file for file in files), files[:1]
