"""Archives that are packed at once: few for one, a number for all, and each place comes back."""

from __future__ import annotations

import pytest

from imagehub.errors import TooMany, Unavailable
from webapp.releases.open_downloads import OpenDownloads


def test_one_cannot_take_the_places_of_all() -> None:
    places = OpenDownloads(for_one=2, for_all=3)
    with places.one_more("ada", "1.2.3.4"), places.one_more("ada", "1.2.3.4"):
        with pytest.raises(TooMany), places.one_more("ada", "1.2.3.4"):
            pass
        with (
            places.one_more("bob", "1.2.3.5"),
            pytest.raises(Unavailable),
            places.one_more("eve", "1.2.3.6"),
        ):
            pass
        with places.one_more("eve", "1.2.3.6"):
            pass
    with (
        places.one_more("ada", "1.2.3.4"),
        places.one_more("ada", "1.2.3.4"),
        places.one_more("eve", "1.2.3.6"),
    ):
        pass


def test_many_accounts_at_one_address_leave_places_for_others() -> None:
    places = OpenDownloads(for_one=4, for_address=2, for_all=4)
    with places.one_more("ada", "1.2.3.4"), places.one_more("bob", "1.2.3.4"):
        with pytest.raises(TooMany, match="at your address"), places.one_more("eve", "1.2.3.4"):
            pass
        with places.one_more("eve", "1.2.3.5"), places.one_more("ada", "1.2.3.5"):
            pass
    with places.one_more("eve", "1.2.3.4"):
        pass


def test_a_download_that_fails_gives_its_place_back() -> None:
    places = OpenDownloads(for_one=1)
    with pytest.raises(ZeroDivisionError), places.one_more("ada", "1.2.3.4"):
        raise ZeroDivisionError
    with places.one_more("ada", "1.2.3.4"):
        pass
