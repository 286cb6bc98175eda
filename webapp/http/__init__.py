"""What every request passes through: server, authentication, permissions, parsing and errors."""
