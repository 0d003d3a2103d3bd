"""The article's page in a browser. Its classifier wants Fashion-MNIST."""


def make(weft, folder):
    weft("article", "--epochs", "1", "--report", "article.html")


def check(browser, folder):
    browser.look()
    browser.open(folder / "article.html")
    assert browser.run("return document.querySelector('[role=alert]')") is None
    for name in ["pixels", "products", "softmax", "sigmoid", "xor", "classifier", "predictions"]:
        assert len(browser.text(name)) > 20, name
    assert browser.run("return document.querySelectorAll('.matrix rect').length") == 784
    browser.wait("document.querySelectorAll('.chart svg').length >= 3", "the charts")
    assert browser.run("return document.querySelectorAll('#classifier .curve').length") == 2
    assert browser.run("return document.querySelectorAll('#predictions .card').length") == 30
    assert "0.86495488" in browser.run("return document.getElementById('softmax').textContent")
    for width in [400, 1400]:
        browser.look(width=width)
        browser.wait(f"innerWidth === {width}", "the width")
        assert browser.run("return document.documentElement.scrollWidth") <= width
