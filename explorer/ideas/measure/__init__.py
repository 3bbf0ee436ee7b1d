"""The lessons' measurements, a file a lesson: settings of ``explorer.ideas`` in, its plain values out."""
