"""A typed client of the hub's REST API: uploads, labels, subsets, releases, downloads."""

from imagehub.client.answers import Claim, Page, Receipt, Release, Step
from imagehub.client.hub_client import HubClient
from imagehub.client.patience import RetryPolicy

__all__ = ["Claim", "HubClient", "Page", "Receipt", "Release", "RetryPolicy", "Step"]
