"""What an uploaded file is, by its content and never by its name, found without decoding a pixel.

Why not Pillow's own ``open`` and ``getexif``: they read all that a file says before anybody can refuse it. Text that
unpacks to a megabyte, profiles and damaged EXIF data make Pillow fail or warn (a warning is the whole process's, so
threads cannot silence it), a JPEG of thousands of scans passes, and comments tell more about people than a picture
needs to (where it was taken). So of PNG and JPEG only what makes pixels is handed on, and a bomb is refused by its
size before Pillow sees it. Pillow's ``formats=`` and ``draft`` do the rest, in ``pictures.decode``.
"""
