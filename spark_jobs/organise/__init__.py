"""The job `organise`: publish verified images in label sets."""
