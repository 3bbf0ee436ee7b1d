"""Class: a teacher opens a class that follows and answers; students come to it with its code."""

from explorer.ui import shell
from explorer.ui.classroom.class_page import class_page

shell.start("Class")
class_page()
