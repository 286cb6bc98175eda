-- The labels with most photos, which the front page and the form of a subset show, by index.
create index label_set_counts_by_own on label_set_counts (own_images desc);
create index label_set_counts_by_images on label_set_counts (images desc, label);
