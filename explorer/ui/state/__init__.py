"""What a session knows: the link, the networks, the choices."""
