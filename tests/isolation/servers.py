"""Real servers on 127.0.0.1, in threads, that keep count of what reaches them."""

import select
import socket
import threading

from six.moves.BaseHTTPServer import BaseHTTPRequestHandler

TIMEOUT = 20        # seconds after which a test fails rather than hangs


class Handler(BaseHTTPRequestHandler):
    """Answers every request with the name of its server."""

    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    wbufsize = -1       # the response in one packet

    def answer(self):
        self.server.requests.append((self.command, self.path))
        self.rfile.read(int(self.headers.get('Content-Length', 0)))
        if self.path == '/slow':
            self.server.stopping.wait(TIMEOUT)
        location = self.path.partition('?to=')[2]
        body = self.server.name.encode('ascii')
        self.send_response(302 if location else 200)
        if location:
            self.send_header('Location', location)
        self.send_header('Content-Type', 'text/plain')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)
        self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = answer

    def log_message(self, *args):
        """Nothing is logged: what matters is counted."""


class Server(object):
    """An HTTP/1.1 server at a free port of 127.0.0.1.

    :param name: the text that it answers
    :param context: an ``ssl.SSLContext``, for https
    :param host: the host name for its URL, one of 127.0.0.1's
    :ivar requests: the method and target of each request
    :ivar connections: how many connections were made to it
    :ivar certificates: what ``getpeercert()`` tells of each client that spoke TLS
    """

    handler = Handler

    def __init__(self, name='real', context=None, host='127.0.0.1'):
        self.name = name
        self.host = host
        self.requests = []
        self.connections = 0
        self.certificates = []
        self.stopping = threading.Event()
        self._context = context
        self._sockets = []
        self._listener = socket.socket()
        self._listener.bind(('127.0.0.1', 0))
        self._listener.listen(128)
        self.port = self._listener.getsockname()[1]
        self.url = '%s://%s:%d' % ('https' if context else 'http', host, self.port)
        self._threads = []
        self._start(self._accept)

    def _start(self, function, *args):
        thread = threading.Thread(target=function, args=args)
        thread.daemon = True
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            connection, address = self._listener.accept()
            if self.stopping.is_set():
                connection.close()
                return
            self.connections += 1
            self._sockets.append(connection)
            self._start(self._serve, connection, address)

    def _serve(self, connection, address):
        try:
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._sockets.append(connection)
                self.certificates.append(connection.getpeercert())
            self.handler(connection, address, self)
        except EnvironmentError:
            pass            # the client has refused the certificate, or hung up
        finally:
            hang_up(connection)
            connection.close()

    def stop(self):
        """Hang up on all clients, and wait for the threads; once more is nothing."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        socket.create_connection(('127.0.0.1', self.port)).close()
        self._threads[0].join(TIMEOUT)
        self._listener.close()
        for connection in self._sockets:
            hang_up(connection)
        for thread in self._threads:
            thread.join(TIMEOUT)
            assert not thread.is_alive()


class ProxyHandler(Handler):
    """Answers absolute-form targets itself, and tunnels where CONNECT asks for it."""

    def do_CONNECT(self):
        self.server.requests.append((self.command, self.path))
        host, port = self.path.rsplit(':', 1)
        upstream = socket.create_connection((host, int(port)))
        try:
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            relay(self.connection, upstream)
        finally:
            upstream.close()
        self.close_connection = True


class Proxy(Server):
    """An HTTP proxy; in its own name it answers what it should forward."""

    handler = ProxyHandler


def relay(one, other):
    """Copy bytes both ways, until one of two sockets hangs up."""
    peers = {one: other, other: one}
    while True:
        for readable in select.select(list(peers), [], [], TIMEOUT)[0]:
            data = readable.recv(1 << 16)
            if not data:
                return
            peers[readable].sendall(data)


def hang_up(connection):
    """Shut a socket down, which wakes the thread that reads it."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except EnvironmentError:
        pass        # it is closed, or the client has hung up before
