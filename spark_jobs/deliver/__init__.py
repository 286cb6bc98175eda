"""The job `deliver`: send webhooks and e-mails."""
