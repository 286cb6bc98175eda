"""Files of a release as skeletons: everything but the photos, which are stored once, elsewhere."""
