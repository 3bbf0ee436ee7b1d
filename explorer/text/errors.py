"""What is said to a person whose request cannot be answered, apart from what is our mistake."""


class Refusal(ValueError):  # noqa: N818  an answer, not a fault
    """The request or the file is at fault, not the program: the message tells the person what is wrong, what is
    allowed and what to do. Nothing to look into afterwards, so logs keep no traceback of it."""
