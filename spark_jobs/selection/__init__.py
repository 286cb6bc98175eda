"""What goes into a release, and into which split: pure rules."""
