"""robots.txt → what a program may ask of a site, by RFC 9309: of the rules that match, the longest decides."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urlsplit

_ALL = "*"


@dataclass(frozen=True)
class Robots:
    """What a site asks of one program."""

    rules: tuple[tuple[str, bool], ...] = ()
    """Patterns of paths, and whether these may be asked for."""
    delay: float = 0.0
    """Seconds between two requests."""

    def allow(self, url: str) -> bool:
        """Whether `url` may be asked for."""
        parts = urlsplit(url)
        path = _plain((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        matching = [(len(pattern), allowed) for pattern, allowed in self.rules if _matches(pattern, path)]
        return max(matching, default=(0, True))[1]


def read_robots(text: str, program: str) -> Robots:
    """What the robots.txt `text` asks of `program`: of it by name, else of all.

    >>> robots = read_robots("User-agent: *\\nDisallow: /*?page=\\nAllow: /open/\\nDisallow: /*.jsp$", "budgetlib")
    >>> [robots.allow(f"https://example.org{path}") for path in ("/a.pdf", "/a?page=2", "/open/a?page=2", "/a.jsp")]
    [True, False, False, False]
    """
    rules: dict[str, list[tuple[str, bool]]] = {}
    delays: dict[str, float] = {}
    programs: list[str] = []
    in_rules = False
    for line in text.splitlines():
        key, _, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        match key.lower():
            case "user-agent":
                programs = [value.lower()] if in_rules else [*programs, value.lower()]
                in_rules = False
                rules.setdefault(value.lower(), [])
            case "allow" | "disallow":
                in_rules = True
                for one in programs if value else ():
                    rules[one].append((_plain(value), key.lower() == "allow"))
            case "crawl-delay":
                in_rules = True
                delays |= dict.fromkeys(programs, float(value)) if value.replace(".", "", 1).isdecimal() else {}
    name = program if program in rules else _ALL
    return Robots(tuple(rules.get(name, ())), delays.get(name, 0.0))


def _matches(pattern: str, path: str) -> bool:
    """Whether `path` begins as `pattern` says, where `*` is anything and `$` at the end is the path's end."""
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    last = others.pop() if others and pattern.endswith("$") else None
    for part in others:
        place = path.find(part, at)
        if place < 0:
            return False
        at = place + len(part)
    if last is not None:
        return path.endswith(last) and len(path) - len(last) >= at
    return at == len(path) or not pattern.endswith("$")


def _plain(path: str) -> str:
    """A path as bytes, one character each, however it was escaped."""
    return unquote_to_bytes(path).decode("latin-1")
