"""What the unit tests share."""

import collections

from wsgi_intercept import wsgi_fake_socket
from wsgi_intercept._gateway import Response
from wsgi_intercept._request import Request, RequestReader, complete_head


def parsed(*pieces):
    """The request that `pieces` of bytes, fed one after another, are."""
    reader = RequestReader()
    for piece in pieces:
        reader.feed(piece)
    at_once = parsed_at_once(pieces)
    request = reader.finish()
    assert at_once is None or parts(at_once) == parts(request)
    request.body.seek(0)
    return request


def parsed_at_once(pieces):
    """The request that `pieces` are, if it may be answered the short way."""
    head = complete_head(pieces[0]) if pieces else None
    body = b''.join(pieces[1:])
    if head is None or len(body) != head.size:
        return None
    return Request(head, body)


def parts(request):
    """What a request is made of, its body read."""
    head, section = request.head, request.head.section
    return Parts(head.method, head.target, head.version, section.fields,
                 section.environ, section.chunked, section.expects_continue,
                 request.length, request.body.read())


Parts = collections.namedtuple('Parts', 'method target version fields environ chunked '
                                        'expects_continue length body')


def run(app, environ):
    """What `app` answers, with its first chunk."""
    response = Response()
    response.start(app, environ)
    return response


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
