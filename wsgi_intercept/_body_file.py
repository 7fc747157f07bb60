"""Temporary files, whose module takes long to import and few requests need."""

import tempfile


class BodyFile(tempfile.SpooledTemporaryFile):
    """A message body in a temporary file.

    An application may keep its ``wsgi.input``, so nobody closes it: the last
    reference does, and that is no reason for a :exc:`ResourceWarning`.
    """

    def __del__(self):
        self.close()
