"""FLOOR: a fake socket that does the least that any interception must do.

It swallows what the client sends and answers canned bytes.  FLOOR+APP calls the
application as well, with a copy of an environ made beforehand; it parses nothing and
checks nothing.
"""

import contextlib
import io
import itertools
import socket
import tempfile

from . import applications

HEAD = (b'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n'
        b'Content-Length: %d\r\n\r\n')
SMALL = HEAD.replace(b'%d', b'14') + applications.GREETING
CHUNKED = (b'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n'
           b'Transfer-Encoding: chunked\r\n\r\n')

ENVIRON = {
    'REQUEST_METHOD': 'GET', 'SCRIPT_NAME': '', 'PATH_INFO': '/', 'QUERY_STRING': '',
    'SERVER_NAME': 'bench.invalid', 'SERVER_PORT': '80', 'SERVER_PROTOCOL': 'HTTP/1.1',
    'CONTENT_LENGTH': '', 'wsgi.version': (1, 0), 'wsgi.url_scheme': 'http',
    'wsgi.input': io.BytesIO(), 'wsgi.multithread': True, 'wsgi.multiprocess': False,
    'wsgi.run_once': False,
}

_idle = []      # sockets of which one never polls as readable


def idle_fileno():
    """A descriptor of a connection that is open and has nothing to say."""
    if not _idle:
        _idle.extend(socket.socketpair())
    return _idle[0].fileno()


class Floor(object):
    """FLOOR: swallows, and answers a greeting."""

    def __init__(self, application=None):
        self.application = application

    def sendall(self, data, flags=0):
        pass

    def makefile(self, *args, **kwargs):
        return io.BytesIO(SMALL)

    def fileno(self):
        return idle_fileno()

    def settimeout(self, timeout):
        pass

    def setsockopt(self, *args):
        pass

    def shutdown(self, how):
        pass

    def close(self):
        pass


class FloorGet(Floor):
    """FLOOR+APP for a small GET."""

    def makefile(self, *args, **kwargs):
        self.application(ENVIRON.copy(), start_response)
        return io.BytesIO(SMALL)


class FloorPost(Floor):
    """FLOOR+APP for a small POST."""

    def makefile(self, *args, **kwargs):
        environ = ENVIRON.copy()
        environ['wsgi.input'] = io.BytesIO(applications.POSTED)
        environ['CONTENT_LENGTH'] = '1024'
        self.application(environ, start_response)
        return io.BytesIO(SMALL)


class FloorUpload(Floor):
    """FLOOR+APP for an upload.

    The application is called when the client is done, and memory is to be spared: the
    least is to keep what was sent in a temporary file.  It is read as it came.
    """

    def __init__(self, application):
        Floor.__init__(self, application)
        self._file = tempfile.TemporaryFile('w+b', 1 << 16)

    def sendall(self, data, flags=0):
        self._file.write(data)

    def makefile(self, *args, **kwargs):
        self._file.seek(0)
        environ = ENVIRON.copy()
        environ['wsgi.input'] = self._file
        environ['CONTENT_LENGTH'] = str(applications.SIZE)
        body = self.application(environ, start_response)[0]
        self._file.seek(0)
        self._file.truncate()
        return io.BytesIO(HEAD.replace(b'%d', str(len(body)).encode()) + body)


class FloorDownload(Floor):
    """FLOOR+APP for a download: one copy, into the client's buffer."""

    def makefile(self, *args, **kwargs):
        body = self.application(ENVIRON.copy(), start_response)
        head = HEAD.replace(b'%d', str(applications.SIZE).encode())
        return io.BufferedReader(Stream(itertools.chain([head], body)))


class FloorDownloadChunked(Floor):
    """FLOOR+APP for a download in chunks."""

    def makefile(self, *args, **kwargs):
        body = self.application(ENVIRON.copy(), start_response)
        return io.BufferedReader(Stream(chunked(body)))


def chunked(body):
    yield CHUNKED
    for piece in body:
        yield b'10000\r\n'
        yield piece
        yield b'\r\n'
    yield b'0\r\n\r\n'


class Stream(io.RawIOBase):
    """An iterable of bytes as a file."""

    def __init__(self, pieces):
        self._pieces = iter(pieces)
        self._rest = b''

    def readable(self):
        return True

    def readinto(self, buffer):
        piece = self._rest or next(self._pieces, b'')
        size = min(len(piece), len(buffer))
        buffer[:size] = piece[:size] if size < len(piece) else piece
        self._rest = memoryview(piece)[size:] if size < len(piece) else b''
        return size


def start_response(status, headers, exc_info=None):
    pass


FLOORS_WITH_APP = {'get': FloorGet, 'post': FloorPost, 'upload': FloorUpload,
                   'download': FloorDownload, 'download chunked': FloorDownloadChunked}


@contextlib.contextmanager
def dialling(connection_classes, make_socket):
    """Let connection classes of a client dial fake sockets."""
    def connect(self):
        self.sock = make_socket()

    originals = [(cls, vars(cls)['connect']) for cls in connection_classes]
    for cls, _original in originals:
        cls.connect = connect
    try:
        yield
    finally:
        for cls, original in originals:
            cls.connect = original
