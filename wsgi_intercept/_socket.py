"""`wsgi_fake_socket`: the client writes a request to it, and reads the response."""

import errno
import socket
import sys
from io import BufferedReader, BytesIO

from . import _environ, _registry, _request
from ._calls import Call
from ._compat import to_bytes
from ._descriptor import hung_up_fileno, make_hung_up_fileno
from ._environ import build_environ, make_environ
from ._errors import BadRequest
from ._gateway import Response, ServerResponse
from ._request import Request, RequestReader, heads
from ._response import (
    CompleteResponse, InterimStream, RaisingStream, ResponseStream, refuse, respond)
from ._settings import package, trace

GATHER_LIMIT = 1 << 16      # bytes that are gathered before they are parsed
UNSET = object()


def part_of_site(index, doc):
    """A property: one of the parts of ``site``."""
    def set_part(self, value):
        parts = list(self.site)
        parts[index] = value
        self.site = tuple(parts)
    return property(lambda self: self.site[index], set_part, doc=doc)


class wsgi_fake_socket(object):
    """Stands in for a socket that is connected to a server of one application.

    It takes one request and gives its response; then the server has hung up.

    :param app: the WSGI application
    :param host: the host that it answers for
    :param port: the port that it answers for
    :param script_name: the prefix under which it is mounted
    :param https: whether the client believes to speak TLS
    """

    #: The application; ``None`` when it has been called.
    app = None
    #: What is answered for: the host, the port, whether by https, and the prefix.
    site = (None, None, False, '')
    #: A weak reference to the connection that this is the ``sock`` of.
    owner = None
    #: How requests are answered: `wsgi_intercept._options.Options`, or ``None``.
    options = None
    #: What it was dialled for, until the connection begins its request.
    registration = None

    # The first piece of the request, None before it comes; b'' where what comes is for
    # _send_more() to look at, or for nobody, as it always is when there is a response.
    _first = None
    _rest = ()              # the pieces after it, and
    _gathered = 0           # how many bytes these are
    _reader = None          # of a request that does not come in one go
    _response = None
    _interim = None
    _error = None
    _timeout = UNSET

    def __init__(self, app, host, port, script_name, https=False):
        self.app = app
        self.site = host, port, https, script_name

    host = part_of_site(0, 'The host that is answered for.')
    port = part_of_site(1, 'The port that is answered for.')
    https = part_of_site(2, 'Whether the client believes to speak TLS.')
    script_name = part_of_site(3, 'The prefix under which the application is mounted.')

    # The request.

    def sendall(self, data, flags=0):
        """Take bytes of the request (or text, which is written as latin-1).

        :raises OSError: ``EPIPE`` after the response, as from a server's hang-up
        """
        if self._first is None:
            self._first = data if type(data) is bytes else to_bytes(data)
        else:
            self._send_more(data)

    def _send_more(self, data):
        if self._response is not None or self.registration is not None:
            if self.is_current():
                self.begin()
                self.sendall(data)
            else:
                self._next_socket().sendall(data)
            return
        if type(data) is not bytes:
            data = to_bytes(data)
        if not self._rest:
            self._rest, self._gathered = [], len(self._first)
        self._rest.append(data)
        self._gathered += len(data)
        if self._gathered > GATHER_LIMIT:
            self._parse()

    def wait(self, registration):
        """No request has begun; when one does, it may be for another registration."""
        self.registration, self._first = registration, b''

    def begin(self):
        """The connection begins its request, which is for this."""
        self.registration, self._first = None, None

    def send(self, data, flags=0):
        """Take all of `data`, and return its length in bytes."""
        if type(data) is not bytes:
            data = to_bytes(data)
        self.sendall(data)
        return len(data)

    def is_current(self):
        """Whether the next request is for this: what it was dialled for still stands.

        What a user's ``get_app()`` has chosen stands.
        """
        if self._response is not None or self.registration is None:
            return False
        if self.registration[0] is None:
            return True
        registration = _registry.find(self.host, self.port)
        return (registration == self.registration
                and getattr(registration, 'options', None) is self.options)

    def is_being_asked(self):
        """Whether a part of a request has come, and no response is asked for."""
        return self._response is None and bool(
            self._first or self._rest or self._reader)

    def _next_socket(self):
        """The connection's socket for its next request, which is dialled anew.

        So the connection of today decides: the application may be another one, or
        gone, and the patches with it.
        """
        owner = self.owner and self.owner()
        if owner is None:
            raise socket.error(errno.EPIPE, 'the server has hung up after its response '
                                            '(one request for each fake socket)')
        owner.sock = None
        try:
            owner.connect()
        except BaseException:
            owner.close()       # so that it can be used again, as after a hang-up
            raise
        if isinstance(owner.sock, wsgi_fake_socket):
            # Just dialled; should its factory have registered anew, it still serves.
            owner.sock.begin()
        return owner.sock

    def _parse(self):
        """Let the reader have what has come; it tells what it is."""
        pieces = [self._first or b''] + list(self._rest)
        self._first, self._rest = b'', ()
        if self._reader is None:
            self._reader = RequestReader()
        if package.debuglevel:
            trace(2, 'sent: %r', b''.join(pieces))
        if len(pieces) > 2:
            pieces = [b''.join(pieces)]
        for data in pieces:
            self._reader.feed(data)

    # The response.

    def makefile(self, mode='rb', *args, **kwargs):
        """A binary file of the response; the application is called now.

        Reading it raises :exc:`WSGIAppError` if the application raises.
        """
        head = heads.get(self._first) or _request.remember(self._first)
        rest, options = self._rest, self.options
        body = b''.join(rest) if rest else b''
        if (head is None or len(body) != head.short or mode != 'rb'
                or package.debuglevel or package.make_environ is not make_environ
                or options is not None and options.special):
            return self._makefile(mode, args)
        # The short way of nearly every request; _makefile() has the same result.  It is
        # one function: a call of one more is 1 or 2 % of a small request's time.
        try:
            # The client may keep this socket; what it was asked is not kept with it.
            app = self.app
            self._first = b''
            if rest:
                self._rest = ()
            self.app = None
            environ = (head.environs.get(self.site)
                       or _environ.remember(head, self.site)).copy()
            environ['wsgi.input'] = BytesIO(body)
            environ['wsgi.errors'] = sys.stderr
            response = Response()
            if options is not None:
                call, calls = Call(), options.calls
                call.environ = environ
                call._exchange = head, body, response, self.site
                list.append(calls, call)        # as append() of Calls does
                del calls[calls._surplus]
            try:
                iterable = app(environ, response.start_response)
                sent = response.head
                if (type(iterable) is list and len(iterable) == 1 and sent is not None
                        and response.headers == sent.headers):
                    chunk = iterable[0]
                    before = type(chunk) is bytes and sent.complete.get(len(chunk))
                    if before:
                        self._response = CompleteResponse(before + chunk)
                        return self._response
                response.take(app, iterable)
            except BaseException:
                response.fail(app)
            self._response = respond(response, head)
        except BaseException:           # the reader gets it, KeyboardInterrupt as well
            self._response = self._raising(sys.exc_info(), args)
        return self._response

    def _makefile(self, mode, args):
        """As `makefile`, whatever the request and the options are."""
        if 'w' in mode or 'a' in mode:
            raise ValueError('a fake socket is written to with sendall(), not with a '
                             'file of mode %r' % (mode,))
        if self._response is not None:
            return self._makefile_again(args)
        try:
            request = self._read_request()
            if request is None:
                return self._response or self._interim
            app, self.app = self.app, None
            environ = self._make_environ(request)
            if package.debuglevel:
                self._trace_request(request, environ)
            response = self._make_response(request, environ)
            response.start(app, environ)
            self._response = respond(response, request.head)
        except BaseException:
            self._response = self._raising(sys.exc_info(), args)
        return self._response

    def _read_request(self):
        """The request.

        :returns: ``None`` where none is to be answered by the application; the response
            is there then, or the interim one
        """
        head = heads.get(self._first)
        if head is not None and not package.debuglevel:
            body = b''.join(self._rest)
            if len(body) == head.size:
                self._first, self._rest = b'', ()
                return Request(head, body)
        self._parse()
        reader = self._reader
        if self._interim is None and reader.awaits_continue:
            self._interim = BufferedReader(InterimStream(self.makefile))
            return None
        self._reader = None
        if reader.empty:
            self._response = CompleteResponse()     # nothing was asked: a hang-up
            return None
        try:
            return reader.finish()
        except BadRequest as error:
            self._response = refuse(error)
            return None

    def _raising(self, error, args):
        """The file that raises an error, ``sys.exc_info()``, when it is read."""
        if not args and issubclass(error[0], TypeError):
            # Python 2's urllib2 and urllib3 take a TypeError for one about their
            # arguments, and ask again, for a file with the argument 0.
            self._error = error
        return BufferedReader(RaisingStream(error))

    def _makefile_again(self, args):
        if self._error is not None and args:
            error, self._error = self._error, None
            return BufferedReader(RaisingStream(error))
        if self._response.closed:
            return CompleteResponse()       # the client has read it: a hang-up
        return self._response

    def _make_environ(self, request):
        users = package.make_environ
        if users is make_environ:
            environ = build_environ(request, self.site)
        else:
            environ = users(request.as_file(), self.host, self.port, self.script_name)
            environ['wsgi.url_scheme'] = 'https' if self.https else 'http'
        if self.options is not None and self.options.environ:
            environ.update(self.options.environ)
        return environ

    def _make_response(self, request, environ):
        """What takes the answer to a request, which is recorded."""
        options = self.options
        if options is None:
            return Response()
        response = Response() if options.raise_app_errors else ServerResponse()
        if options.calls is not None:
            call = Call()
            call.environ = environ
            body = request.body if request.data is None else request.data
            call._exchange = request.head, body, response, self.site
            options.calls.append(call)
        return response

    def _trace_request(self, request, environ):
        trace(1, 'intercepted: %s:%s', self.host, self.port)
        trace(1, 'request: %s %s', request.head.method, request.head.target)
        for name in sorted(environ):
            trace(1, '  %s: %r', name, environ[name])

    def recv(self, size, flags=0):
        """Up to `size` bytes of the response, ``b''`` at its end."""
        # Like a socket: what is there, up to `size`, rather than all of it.
        return (self._interim or self.makefile('rb')).read1(size)

    def recv_into(self, buffer, size=0, flags=0):
        """Read bytes of the response into `buffer`, and return how many."""
        view = memoryview(buffer)
        data = self.recv(size or len(view))
        view[:len(data)] = data
        return len(data)

    # What clients ask of any socket.

    def fileno(self):
        """A real descriptor, which polls as readable."""
        return hung_up_fileno()

    def settimeout(self, timeout):
        self._timeout = timeout

    def gettimeout(self):
        """What was set, in seconds; else that of the connection, or of all sockets."""
        if self._timeout is not UNSET:
            return self._timeout
        timeout = getattr(self.owner and self.owner(), 'timeout', UNSET)
        if timeout is None or isinstance(timeout, (int, float)):
            return timeout
        return socket.getdefaulttimeout()

    def setblocking(self, flag):
        self._timeout = None if flag else 0.0

    def setsockopt(self, *args):
        """Options are for the network; there is none."""

    def getsockopt(self, level, option, size=0):
        return b'\0' * size if size else 0

    def getpeername(self):
        return ('127.0.0.1', int(self.port))

    def getsockname(self):
        return ('127.0.0.1', 0)

    def shutdown(self, how):
        """Read no more of the response; a thread that reads it meets its end.

        Writing goes on: the request ends where HTTP says.
        """
        stream = getattr(self._response, 'raw', None)
        if how != socket.SHUT_WR and isinstance(stream, ResponseStream):
            stream.stop()

    def close(self):
        """Close the client's side; a response that was asked for can still be read."""
        self._rest = ()
        if self._first:         # what was asked is forgotten, what it is to get is not
            self._first = None

    def detach(self):
        """A descriptor of the caller's own, to close."""
        return make_hung_up_fileno()

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()

    # What clients ask of a TLS socket.

    def getpeercert(self, binary_form=False):
        """A certificate for the host; empty in binary form: there is none to encode."""
        if binary_form:
            return b''
        return {'subject': ((('commonName', self.host),),),
                'subjectAltName': (('DNS', self.host),)}

    def cipher(self):
        return ('TLS_AES_256_GCM_SHA384', self.version(), 256)

    def version(self):
        return 'TLSv1.3'

    def selected_alpn_protocol(self):
        return 'http/1.1'
