"""Labels of Open Images and of our own."""
