"""Temporary files, whose module takes long to import and few requests need."""

import tempfile


class BodyFile(tempfile.SpooledTemporaryFile):
    """A message body in a temporary file.

    An application may keep its ``wsgi.input``, so nobody closes it: the last
    reference does, and that is no reason for a :exc:`ResourceWarning`.  An application
    that closes it, as :class:`io.TextIOWrapper` does, takes it from nobody else.
    """

    def __iter__(self):
        """Its lines; Python 2 would not tell where it is, after having read ahead."""
        return iter(self.readline, b'')

    # What a SpooledTemporaryFile has from Python 3.11 on.

    def readable(self):
        return True

    writable = seekable = readable

    def read1(self, size=-1):
        return self.read(1 << 16 if size is None or size < 0 else size)

    def readinto(self, buffer):
        data = self.read(len(buffer))
        buffer[:len(data)] = data
        return len(data)

    readinto1 = readinto

    def close(self):
        """Nothing to do."""

    def __exit__(self, *exc_info):
        self.close()

    def __del__(self):
        tempfile.SpooledTemporaryFile.close(self)
