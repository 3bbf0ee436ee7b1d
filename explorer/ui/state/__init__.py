"""What a session knows: the link, the networks, the choices, and what is kept of them."""
