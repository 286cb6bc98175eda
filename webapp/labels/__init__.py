"""Labels: search, browse, and one label with its photos."""
