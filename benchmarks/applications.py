"""The WSGI applications that answer, one for each case, and what they answer."""

PIECE = 1 << 16
PIECES = 1024
SIZE = PIECE * PIECES       # 64 MiB
GREETING = b'Hello, world.\n'
POSTED = b'0123456789abcde\n' * 64      # 1 KiB

_piece = b'x' * PIECE
_head = [('Content-Type', 'text/plain')]

#: How many pieces `download` and `download_chunked` have produced, in total.
produced = [0]


def get(environ, start_response):
    """A small GET."""
    start_response('200 OK', _head + [('Content-Length', '14')])
    return [GREETING]


def post(environ, start_response):
    """A small POST; the request's body is read."""
    environ['wsgi.input'].read(int(environ['CONTENT_LENGTH']))
    start_response('200 OK', _head + [('Content-Length', '14')])
    return [GREETING]


def download(environ, start_response):
    """64 MiB in pieces of 64 KiB."""
    start_response('200 OK', _head + [('Content-Length', str(SIZE))])
    return pieces()


def download_chunked(environ, start_response):
    """The same without ``Content-Length``."""
    start_response('200 OK', _head[:])
    return pieces()


def pieces():
    for _ in range(PIECES):
        produced[0] += 1
        yield _piece


def upload(environ, start_response):
    """Read the request's body in pieces, and answer how many bytes there were."""
    read = environ['wsgi.input'].read
    left = int(environ.get('CONTENT_LENGTH') or -1)
    size = 0
    while size != left:
        piece = read(PIECE if left < 0 else min(PIECE, left - size))
        if not piece:
            break
        size += len(piece)
    start_response('200 OK', _head + [('Content-Length', str(len(str(size))))])
    return [str(size).encode('ascii')]


APPLICATIONS = {'get': get, 'post': post, 'download': download,
                'download chunked': download_chunked, 'upload': upload}


class Zeros(object):
    """A file of so many bytes, without memory or disk."""

    def __init__(self, size):
        self._left = size

    def __len__(self):
        """What is left, as requests asks for it."""
        return self._left

    def read(self, size=-1):
        size = self._left if size < 0 else min(size, self._left)
        self._left -= size
        return _piece if size == PIECE else _piece[:size]

    def __iter__(self):
        return iter(lambda: self.read(PIECE), b'')
