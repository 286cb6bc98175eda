"""Messages to people outside the hub: signed HTTP to their webhooks, and e-mail."""
