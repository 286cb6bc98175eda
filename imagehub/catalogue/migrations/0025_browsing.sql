-- What the portal's lists read in order, page by page.

-- Newest photos: an image enters once under each label it was verified as.
create index label_set_members_newest on label_set_members (added_in desc, image_id)
    where removed_in is null and label = claimed_label;

-- One cluster's photos, nearest to its centre first.
create index cluster_members_by_distance on cluster_members (cluster_id, distance, image_id);

-- How many photos were claimed as a label.
create index uploads_by_claimed_label on uploads (claimed_label, image_id)
    where state = 'landed';

-- A label with its numbers: verified images with and without descendants, and its direct kinds.
create view label_entries as
    select l.mid, l.name,
           coalesce(c.images, 0) as images,
           coalesce(c.own_images, 0) as own_images,
           (select count(*) from label_edges e where e.parent = l.mid and e.kind = 'is_a') as kinds
    from labels l left join label_set_counts c on c.label = l.mid;
