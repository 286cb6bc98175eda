"""Label sets, subsets and the releases frozen from them."""
