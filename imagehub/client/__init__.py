"""A typed client of the hub's REST API: uploads, labels, subsets, releases, downloads."""

from imagehub.answers.releases import Release
from imagehub.answers.uploads import Receipt, Step
from imagehub.client.claims import Claim
from imagehub.client.hub_client import HubClient
from imagehub.client.reading import ListPage
from imagehub.client.retries import RetryPolicy

__all__ = ["Claim", "HubClient", "ListPage", "Receipt", "Release", "RetryPolicy", "Step"]
