"""Who sends the sample crowd's photos: made-up people, somewhere in large cities."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A contributor: how much they send beside others, how often as the wrong thing, from where.

    `wrong_share` is of what they send; `home` is latitude and longitude in degrees.
    """

    name: str
    kind: str
    weight: float
    wrong_share: float
    home: tuple[float, float]


def _careful(name: str, weight: float, home: tuple[float, float]) -> Person:
    return Person(name, "careful", weight, 0.02, home)


def _sloppy(name: str, weight: float, home: tuple[float, float]) -> Person:
    return Person(name, "sloppy", weight, 0.25, home)


NEW_YORK, LONDON, TOKYO, SYDNEY = (40.71, -74.01), (51.51, -0.13), (35.68, 139.69), (-33.87, 151.21)
SAO_PAULO, NAIROBI, MUMBAI, OSLO = (-23.55, -46.63), (-1.29, 36.82), (19.08, 72.88), (59.91, 10.75)

PEOPLE = (
    _careful("ana", 1.4, SAO_PAULO),
    _careful("bram", 0.8, LONDON),
    _careful("chidi", 1.1, NAIROBI),
    _careful("dagny", 0.9, OSLO),
    _careful("emi", 1.3, TOKYO),
    _careful("farid", 0.7, LONDON),
    _careful("grace", 1.0, NAIROBI),
    _careful("hugo", 0.6, SAO_PAULO),
    _careful("ines", 1.2, NEW_YORK),
    _careful("jun", 0.9, TOKYO),
    _careful("kiran", 1.0, MUMBAI),
    _careful("lena", 0.3, OSLO),
    _sloppy("milo", 0.9, NEW_YORK),
    _sloppy("nia", 0.7, SYDNEY),
    _sloppy("oskar", 0.8, OSLO),
    Person("photo-drop", "bulk sender", 4.0, 0.06, SYDNEY),
)
