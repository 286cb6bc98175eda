"""What goes into a release, and where in it. Pure: rows in, plans out."""
