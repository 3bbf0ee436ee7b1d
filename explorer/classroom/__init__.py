"""Classes: a teacher leads, students follow and answer. Everything goes through the face in ``service``."""
