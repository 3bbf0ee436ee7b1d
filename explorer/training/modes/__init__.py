"""Train or eval? A trained network that normalises with running statistics or with the batch's own."""
