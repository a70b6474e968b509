"""Checks the pictures of `loopmsg demo --svg`: each is XML without references, fits a phone, and shows what the text shows.

svg.py --program COMMAND
"""

import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

from support.check import WAIT_S, Failure, check_all, commands, require, require_that

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {SVG + name for name in ("svg", "title", "style", "defs", "marker", "path", "rect", "circle", "text")}
WIDTH = 440
SIDE_COLUMNS = 34
GAP_COLUMNS = 12
GAP = set("─│┼├┤┌┐└┘◄►× ")


def drawn(command: list, scenario: list, folder: str):
    """What is printed, and the picture's root."""
    path = os.path.join(folder, "-".join(["demo", *scenario]) + ".svg")
    ended = subprocess.run(
        command + ["demo", *scenario, "--svg", path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=WAIT_S,
        check=False,
    )
    if ended.returncode != 0:
        raise Failure(f"demo {scenario} exited with {ended.returncode}: {ended.stderr!r}")
    with open(path, "rb") as file:
        source = file.read().decode("utf-8")
    return ended.stdout.decode("utf-8").replace("\r\n", "\n"), source


def printed_calls(text: str) -> list:
    """The calls of both columns as the text has them."""
    found = []
    for drawing in re.findall(r"\n─+ +─+\n(.*?)\n\n", text + "\n", re.DOTALL):
        for line in drawing.split("\n"):
            gap = line[SIDE_COLUMNS : SIDE_COLUMNS + GAP_COLUMNS]
            require_that(f"only arrows stand between the columns of {line!r}", set(gap) <= GAP)
            for cell in (line[:SIDE_COLUMNS], line[SIDE_COLUMNS + GAP_COLUMNS :]):
                if re.match(r"[1-5] ", cell):
                    found.append(cell.strip())
    return found


def picture_calls(root) -> list:
    """The calls as the picture has them: a call of several lines has an element for each."""
    found = []
    for element in root.iter(SVG + "text"):
        if element.get("class").split()[0] != "call":
            continue
        if re.match(r"[1-5] ", element.text):
            found.append(element.text)
        else:
            found[-1] += " " + element.text
    return found


def stands_alone(source: str, root) -> None:
    require("elements", {element.tag for element in root.iter()} - ALLOWED, set())
    for element in root.iter():
        for name, value in element.attrib.items():
            require_that(f"{name} is no handler and leads nowhere", not name.startswith("on") and "href" not in name)
            require_that(f"{value!r} refers to the picture itself", "url(" not in value or re.fullmatch(r"url\(#[a-z-]+\)", value))
    require("addresses", re.findall(r"https?://[^\"' ]*", source), ["http://www.w3.org/2000/svg"])
    require_that("the style needs nothing else", "@import" not in source and "url(h" not in source)
    require_that("it has colours for dark backgrounds", "prefers-color-scheme:dark" in source)


def fits_a_phone(root) -> None:
    left, top, width, height = map(int, root.get("viewBox").split())
    require("the drawing begins at", (left, top), (0, 0))
    require("its width", width, WIDTH)
    for element in root.iter(SVG + "text"):
        x, y = int(element.get("x")), int(element.get("y"))
        size = len(element.text) * 7
        is_left = "left" in element.get("class").split()
        inside = x - size >= -4 if is_left else x + size <= width + 4
        require_that(f"{element.text!r} is inside", (inside or element.get("class") in ("title", "said")) and 0 < y < height)


def arrows_lead_across(root) -> int:
    arrows = [element for element in root.iter(SVG + "path") if element.get("marker-end")]
    require_that("there are arrows", len(arrows) > 3)
    for arrow in arrows:
        from_x, from_y, to_x, to_y = map(int, re.fullmatch(r"M(\d+) (\d+)L(\d+) (\d+)", arrow.get("d")).groups())
        require_that("an arrow leads down or straight across", abs(from_x - to_x) > 50 and from_y <= to_y)
    return len(arrows)


def bytes_agree(root, text: str) -> int:
    """The arrows carry exactly the received bytes."""
    carried = sum(
        int(title.text.split()[0].replace(",", "")) for title in root.iter(SVG + "title") if re.fullmatch(r"[\d,]+ bytes?", title.text)
    )
    received = sum(int(call.split()[2].replace(",", "")) for call in printed_calls(text) if re.match(r"[24] recv [\d,]+ byte", call))
    require("bytes that the arrows carry", carried, received)
    return carried


def check_scenario(options, *scenario: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        text, source = drawn(options.program, list(scenario), folder)
    root = xml.etree.ElementTree.fromstring(source)
    stands_alone(source, root)
    fits_a_phone(root)
    count = arrows_lead_across(root)
    calls = picture_calls(root)
    require("the calls of the picture", sorted(calls), sorted(printed_calls(text)))
    print(f"  {len(calls)} calls, {count} arrows, {bytes_agree(root, text)} bytes", flush=True)


def the_picture_of_one_conversation_shows_what_is_printed(options) -> None:
    check_scenario(options)


def the_picture_of_coalesce_shows_what_is_printed(options) -> None:
    check_scenario(options, "coalesce")


def the_picture_of_half_close_shows_what_is_printed(options) -> None:
    check_scenario(options, "half-close")


def the_picture_of_reset_shows_what_is_printed(options) -> None:
    check_scenario(options, "reset")


if __name__ == "__main__":
    CHECKS = [
        the_picture_of_one_conversation_shows_what_is_printed,
        the_picture_of_coalesce_shows_what_is_printed,
        the_picture_of_half_close_shows_what_is_printed,
        the_picture_of_reset_shows_what_is_printed,
    ]
    sys.exit(check_all(CHECKS, commands("Pictures of loopmsg demo.", "program")))
