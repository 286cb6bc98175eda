"""What every request passes through: the server, who asks, what is read, and what is answered."""
