"""The job `withdraw`: delete a photo's rows in one transaction, then its bytes, place by place."""
