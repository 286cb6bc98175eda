"""A small fault campaign on each profile: kills under load, and nothing is lost or doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.faults.__main__ import campaign, write
from tests.benchmarks.faults.campaign import CampaignPlan
from tests.benchmarks.faults.profiles import PROFILES
from tests.benchmarks.toy_figures import require_written

UPLOADS = 250
KILLS = 5

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("profile", PROFILES)
def test_random_kills_under_load_lose_and_double_nothing_and_a_replay_changes_no_row(
    profile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = campaign(CampaignPlan(profile, UPLOADS, KILLS))

    assert result.violations == ()
    assert (result.acknowledged, result.turned_away, result.given_up) == (UPLOADS, 0, 0)
    assert result.landed + result.refused == UPLOADS
    assert result.refused > 0
    assert result.kills == KILLS
    write([result])
    require_written("hold", ["uploads_in_campaign", "kills", "lost", "doubled"])
