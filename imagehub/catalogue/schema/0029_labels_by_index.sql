-- The labels with most photos, which the front page and the form of a subset show, by index.
create index label_set_counts_by_own on label_set_counts (own_images desc);
create index label_set_counts_by_images on label_set_counts (images desc, label);

-- What jobs ask of all labels every second.
create index labels_by_import on labels (imported_at);
create index crowd_labels_by_fit on crowd_labels (version, judged_fit);
create index crowd_labels_grown on crowd_labels (version) where has_grown(photos, judged_photos);
