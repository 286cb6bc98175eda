"""The steps of the job `withdraw`: a photo's rows go at once, then its bytes, place by place."""
