"""What the unit tests share."""

from wsgi_intercept import wsgi_fake_socket
from wsgi_intercept._request import RequestReader


def parsed(*pieces):
    """The request that `pieces` of bytes, fed one after another, are."""
    reader = RequestReader()
    for piece in pieces:
        reader.feed(piece)
    return reader.finish()


def answer_to(app, data, **options):
    """The bytes of the response that `app` gives to the bytes of a request."""
    fake = wsgi_fake_socket(app, 'app.example', 80, '', **options)
    fake.sendall(data)
    return fake.makefile().read()


class Closing(object):
    """An iterable of a response that counts how often it is advanced and closed."""

    def __init__(self, *chunks):
        self.left = list(chunks)
        self.advanced = 0
        self.closed = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.advanced += 1
        if not self.left:
            raise StopIteration
        chunk = self.left.pop(0)
        if isinstance(chunk, BaseException):
            raise chunk
        return chunk

    next = __next__

    def close(self):
        self.closed += 1
