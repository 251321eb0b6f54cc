"""A depot of parcels: a file to make holes in, with one of everything that Python indents."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

HEAVY = 20.0
ZONES = {
    "north": ["Ashby", "Corran"],
    "south": ["Dale", "Elm End"],
}


class Line(Protocol):
    """A connection to a van."""

    done: bool

    async def read(self, timeout: float) -> str: ...


class UnknownZoneError(LookupError):
    """A parcel is addressed to a place that no zone has."""


@dataclass(frozen=True)
class Parcel:
    """What is sent."""

    number: int
    place: str
    weight: float = 1.0
    marks: tuple[str, ...] = field(default=())

    @property
    def heavy(self) -> bool:
        return self.weight >= HEAVY or "heavy" in self.marks

    def label(self, prefix: str = "") -> str:
        text = f"{prefix}{self.number:05d} {self.place}"
        if self.heavy:
            text += " !"
        return text


class Depot:
    """Where parcels wait for the van."""

    def __init__(self, folder: Path, *, limit: int = 100) -> None:
        self._folder = folder
        self._limit = limit
        self._parcels: dict[int, Parcel] = {}

    def add(self, parcel: Parcel) -> None:
        """Take a parcel in; a number is taken once."""
        if parcel.number in self._parcels:
            raise ValueError(f"{parcel.number} is here already")
        if len(self._parcels) >= self._limit:
            raise OverflowError("the depot is full")
        self._parcels[parcel.number] = parcel

    def by_zone(self) -> dict[str, list[Parcel]]:
        found: dict[str, list[Parcel]] = defaultdict(list)
        for parcel in self._parcels.values():
            found[zone_of(parcel.place)].append(parcel)
        return {zone: sorted(parcels, key=lambda parcel: parcel.number) for zone, parcels in found.items()}

    def load(self, name: str) -> int:
        """Read parcels from a file, and return how many there were."""
        path = self._folder / name
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return 0
        except ValueError as error:
            raise ValueError(f"{path} is not JSON: {error}") from error
        else:
            for row in rows:
                self.add(Parcel(**row))
        finally:
            self._folder.joinpath("read").touch()
        return len(rows)

    def vans(self, most: float) -> Iterator[list[Parcel]]:
        """Yield what fits on one van after the other."""
        van: list[Parcel] = []
        weight = 0.0
        for zone, parcels in self.by_zone().items():
            # The heavy ones go in first.
            for parcel in sorted(parcels, key=lambda parcel: -parcel.weight):
                if weight + parcel.weight > most and van:
                    yield van
                    van, weight = [], 0.0
                van.append(parcel)
                weight += parcel.weight
            if zone == "south":
                continue
        if van:
            yield van

    async def send(self, ports: Iterable[int], connected: Connect) -> list[str]:
        answers = []
        for port in ports:
            async with connected("localhost", port) as line:
                while not line.done:
                    answers.append(await line.read(timeout=2.0))
        return answers


Connect = Callable[[str, int], AbstractAsyncContextManager[Line]]


def zone_of(place: str) -> str:
    """Return the zone that has a place."""
    for zone, places in ZONES.items():
        if place in places:
            return zone
    raise UnknownZoneError(place)


def price(parcel: Parcel, express: bool = False) -> float:
    match zone_of(parcel.place):
        case "north":
            base = 4.5
        case "south" if parcel.heavy:
            base = 9.0
        case _:
            base = 6.0
    extra = 2.0 if express else 0.0
    return round(
        base + extra + 0.1 * parcel.weight,
        2,
    )


@contextmanager
def counted(depot: Depot) -> Iterator[list[int]]:
    counts = [0, 0]
    counts[0] = sum(1 for _ in depot.vans(500.0))
    try:
        yield counts
    finally:
        counts[1] = sum(1 for van in depot.vans(500.0) if any(parcel.heavy for parcel in van))


def report(depot: Depot, title: str) -> str:
    """Return the parcels of each zone as text.

    Zones without parcels are left out.
    """
    lines = [title, "=" * len(title)]

    def line(parcel: Parcel) -> str:
        return "  " + parcel.label(prefix="#")

    for zone, parcels in depot.by_zone().items():
        lines.append(f"{zone}: {len(parcels)}")
        lines.extend(line(parcel) for parcel in parcels)
    if len(lines) == 2:
        lines.append("nothing")
    elif len(lines) > 40:
        del lines[40:]
        lines.append("...")
    else:
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    here = Depot(Path("."), limit=10)
    here.load("parcels.json")
    print(report(here, "Today"))
