"""Checks a page of `loopmsg bench --report`: that it is well formed, needs neither network nor script, can be read without seeing its
charts, and contains no invalid number.
"""

import html.parser
import re

VOID = {"br", "meta"}
ALLOWED = VOID | {
    "b", "body", "caption", "circle", "code", "dd", "desc", "div", "dl", "dt", "figure", "h1", "h2", "head", "header", "html", "li", "line",
    "main", "p", "path", "pre", "section", "span", "style", "svg", "table", "tbody", "td", "text", "th", "thead", "title", "tr", "ul"}
NUMBER = re.compile(r"-?\d+(\.\d+)?")
PLACES = {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy"}  # a percentage of the plot, or a distance in it


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.wrong = []
        self.open = []
        self.ids = []
        self.wanted_ids = []
        self.charts = []  # of each chart: what it holds besides its drawing
        self.texts = []
        self.tags = set()

    def report(self, what):
        line, column = self.getpos()
        self.wrong.append(f"line {line}, column {column + 1}: {what}")

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag not in ALLOWED:
            self.report(f"<{tag}> has no business on the page")
        values = dict(attributes)
        if len(values) != len(attributes):
            self.report(f"<{tag}> has an attribute twice")
        for name, value in attributes:
            self.check_attribute(tag, name, value)
        if tag == "svg" and values.get("role") == "img":
            self.charts.append(set())
        if tag in ("title", "desc") and "id" in values and self.charts:
            self.charts[-1].add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.report(f"</{tag}> where </{self.open[-1] if self.open else 'nothing'}> is due")
        else:
            self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            if re.search(r"url\(|@import|expression", data):
                self.report("the style sheet loads something")
        elif self.open:
            self.texts.append(data)

    def check_attribute(self, tag, name, value):
        if value is None or name.startswith("on") or name in ("href", "src", "srcset", "action", "style", "xlink:href"):
            self.report(f"attribute {name} of <{tag}>")
            return
        if re.search(r"https?:|//|javascript:", value):
            self.report(f"a link in {name} of <{tag}>: {value}")
        if name == "id":
            self.ids.append(value)
        elif name == "aria-labelledby":
            self.wanted_ids += value.split()
        elif name in PLACES:
            self.check_place(name, value)
        elif name == "d":
            self.check_path(value)

    def check_place(self, name, value):
        match = re.fullmatch(r"(-?\d+(?:\.\d+)?)(%?)", value)
        if not match or not 0 <= float(match[1]) <= 100:
            self.report(f"{name} is {value}")

    def check_path(self, path):
        rest = NUMBER.sub("", path)
        if not re.fullmatch(r"[MLHVZ ]*", rest):
            self.report(f"a path of {rest[:40]!r}")
        if any(not 0 <= float(match[0]) <= 1000 for match in NUMBER.finditer(path)):
            self.report("a path that leaves the plot")


def check(data):
    """What is wrong with the page, and its text."""
    text = data.decode("utf-8")  # anything else is an error
    page = Page()
    page.feed(text)
    page.close()
    wrong = page.wrong
    wrong += [f"<{tag}> is never closed" for tag in page.open]
    if not text.startswith("<!DOCTYPE html>\n<html lang="):
        wrong.append("no document of a known language at its begin")
    if any(ord(character) < 0x20 and character != "\n" or 0x7f <= ord(character) < 0xa0 for character in text):
        wrong.append("a control character")
    if len(page.ids) != len(set(page.ids)):
        wrong.append("an id twice")
    wrong += [f"no element has the id {name}" for name in page.wanted_ids if name not in page.ids]
    wrong += ["a chart without title or description" for chart in page.charts if chart != {"title", "desc"}]
    shown = "\x00".join(page.texts)
    if re.search(r"(?<![\w.])-?(nan|inf|infinity)(?![\w.])", shown, re.IGNORECASE):
        wrong.append("a number that is none")
    wrong += [f"no <{tag}>" for tag in ("title", "h1", "style", "table", "pre", "main") if tag not in page.tags]
    for needed in ('name="viewport"', "prefers-color-scheme:dark", "default-src 'none'"):
        if needed not in text:
            wrong.append(f"no {needed}")
    if len(data) > 256 * 1024:
        wrong.append(f"{len(data)} bytes")
    return wrong, "".join(page.texts)
