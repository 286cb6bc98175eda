"""One model a thing: a function that builds one look of it around the origin, standing on z = 0."""
