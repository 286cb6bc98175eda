"""The doors out to people: signed HTTP to their webhooks, and e-mail."""
