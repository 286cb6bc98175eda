"""Archives that are packed at once: few for one, a number for all, and each place comes back."""

from __future__ import annotations

import pytest

from imagehub.errors import TooMany, Unavailable
from webapp.releases.open_downloads import OpenDownloads


def test_one_cannot_take_the_places_of_all() -> None:
    places = OpenDownloads(for_one=2, for_all=3)
    with places.one_more("ada"), places.one_more("ada"):
        with pytest.raises(TooMany), places.one_more("ada"):
            pass
        with places.one_more("bob"), pytest.raises(Unavailable), places.one_more("eve"):
            pass
        with places.one_more("eve"):
            pass
    with places.one_more("ada"), places.one_more("ada"), places.one_more("eve"):
        pass


def test_a_download_that_fails_gives_its_place_back() -> None:
    places = OpenDownloads(for_one=1)
    with pytest.raises(ZeroDivisionError), places.one_more("ada"):
        raise ZeroDivisionError
    with places.one_more("ada"):
        pass
