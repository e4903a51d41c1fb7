"""Reading a replay's page back: its sections, words and pictures, and the shapes that a replay can have."""

import re
from xml.etree import ElementTree as ET

from .replays import POLICIES, replayed, unjudged

SECTIONS = ("outcome", "policies", "champions", "periods", "promotions", "standstills", "reading")
ALL = (*POLICIES, "manual")
SHAPES = {
    "52 quarters": lambda: replayed(refused=(5, 6)),
    "150 months": lambda: replayed(150, "month", ALL, without_bads=(3, 70, 71)),
    "30 fortnights": lambda: replayed(30, "2 weeks"),
    "one date": lambda: replayed(1),
    "one policy": lambda: replayed(8, policies=("proven",)),
    "never alone": lambda: replayed(4, policies=("never",)),
    "without never": lambda: replayed(8, policies=("always", "proven")),
    "no promotions": lambda: replayed(8, promoting=False),
    "no amounts": lambda: replayed(8, amount=None),
    "no bads in some periods": lambda: replayed(8, without_bads=(0, 3, 7)),
    "no outcomes": lambda: unjudged(replayed(8)),
    "refused at first": lambda: replayed(8, refused=(0, 1)),
}


def section(page: str, name: str) -> str:
    return page.split(f'<section id="{name}">')[1].split("</section>", maxsplit=1)[0]


def words(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def pictures(page: str) -> list[ET.Element]:
    return [ET.fromstring(drawing) for drawing in re.findall(r"<svg .*?</svg>", page, re.DOTALL)]


def marked(picture: ET.Element, kind: str) -> list[ET.Element]:
    return [one for one in picture.iter() if one.get("class") == kind]


def lane_picture(page: str) -> ET.Element:
    return pictures(section(page, "champions"))[0]
