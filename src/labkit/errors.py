"""The one base of the errors whose text is meant for whoever typed the command."""


class CourseError(Exception):
    """Something an author or instructor can mend; the text says what is wrong and what to do."""
