"""Servers on 127.0.0.1, each a process of its own, that serve the cases' applications.

`Recorder` is the application that all of them serve, and the interception as well:
it is told beforehand which case is next, hands the request to that case's
application, and can tell afterwards what the application was given and noted down.
Requests that tell and ask it (`prepare`, `fetch_report`) have a header field of
their own, so that a case's request is sent untouched.

Run as ``python -m tests.servers NAME``: serves until its standard input ends.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading

from .server_cases import CASES

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

#: What an application may call on the objects in its environ.
METHODS = {
    'wsgi.input': ('__iter__', 'read', 'readline', 'readlines'),
    'wsgi.errors': ('flush', 'write', 'writelines'),
    'wsgi.file_wrapper': ('__call__',),
}


class Recorder(object):
    """The application that is served: the one of the case that comes next."""

    def __init__(self):
        self.begin(None)

    def begin(self, name):
        """The next request is of the case `name`."""
        self.name = name
        self.report = {'called': 0, 'environ': {}, 'notes': [], 'status': None,
                       'names': []}

    def __call__(self, environ, start_response):
        order = environ.get('HTTP_X_RECORDER')
        if order is None:
            return self._call(environ, start_response)
        name = environ['QUERY_STRING']
        content = json.dumps(self.report).encode('ascii')
        if order == 'begin':
            self.begin(name)
        start_response('200 OK', [('Content-Type', 'application/json'),
                                  ('Content-Length', str(len(content)))])
        return [content]

    def _call(self, environ, start_response):
        report = self.report
        report['called'] += 1
        report['environ'] = described(environ)

        def recording(status, headers, *exc_info):
            write = start_response(status, headers, *exc_info)
            report['status'] = str(status)
            report['names'] = [str(header[0]).lower() for header in headers]
            return write
        return CASES[self.name].app(environ, recording, report['notes'].append)


def described(environ):
    """An environ in the terms of JSON: of each value its type and itself."""
    told = {}
    for key, value in environ.items():
        if isinstance(value, (str, int, tuple)):
            told[key] = [type(value).__name__, value]
        else:
            told[key] = ['object', [name for name in METHODS.get(key, ())
                                    if hasattr(value, name)]]
    return told


# The client of the recorder.

def _ask(port, order, name=''):
    connection = socket.create_connection(('127.0.0.1', port), 10)
    try:
        connection.sendall(('GET /?%s HTTP/1.0\r\nX-Recorder: %s\r\n\r\n'
                            % (name, order)).encode('ascii'))
        answer = b''.join(iter(lambda: connection.recv(65536), b''))
    finally:
        connection.close()
    head, _blank, content = answer.partition(b'\r\n\r\n')
    assert b' 200 OK\r\n' in head, answer
    return json.loads(content.decode('ascii'))


def prepare(port, name):
    """Tell the server at `port` that the next request is of the case `name`."""
    _ask(port, 'begin', name)


def fetch_report(port):
    """What the server at `port` recorded of the last request.

    Each server has one thread for its applications, so that by then the last
    request's application is closed.
    """
    return _ask(port, 'report')


# The servers.

def serve_waitress(ready):
    import waitress

    listener = listening()
    ready(listener.getsockname()[1])
    end_with_input(os.getpid())
    waitress.serve(Recorder(), sockets=[listener], threads=1, server_name='127.0.0.1',
                   _quiet=True)


def serve_gunicorn(ready):
    from gunicorn.app.base import BaseApplication

    options = {
        'bind': '127.0.0.1:0', 'worker_class': 'gthread', 'threads': 1,
        'keepalive': 0,     # else it leaves clients waiting after a short response
        'graceful_timeout': 1, 'loglevel': 'critical', 'control_socket_disable': True,
        'when_ready': lambda arbiter: ready(arbiter.LISTENERS[0].sock.getsockname()[1]),
        'post_worker_init': lambda worker: end_with_input(worker.ppid),
    }

    class Gunicorn(BaseApplication):
        def load_config(self):
            for name, value in options.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self):
            return Recorder()

    Gunicorn().run()


def serve_cheroot(ready):
    from cheroot.wsgi import Server

    server = Server(('127.0.0.1', 0), Recorder(), numthreads=1, max=1,
                    server_name='127.0.0.1')
    server.prepare()
    ready(server.bind_addr[1])
    end_with_input(os.getpid())
    server.serve()


SERVERS = {'waitress': serve_waitress, 'gunicorn': serve_gunicorn,
           'cheroot': serve_cheroot}


def listening():
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(5)
    return listener


@contextlib.contextmanager
def served(name):
    """A process of the server `name`; gives its port."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([sys.executable, '-m', __name__, name], cwd=ROOT,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=errors)
        try:
            line = process.stdout.readline()
            if not line:
                process.wait()
                errors.seek(0)
                raise RuntimeError('%s did not start:\n%s' % (
                    name, errors.read().decode('utf-8', 'replace')))
            yield int(line)
        finally:
            process.stdin.close()
            process.terminate()
            process.wait()
            process.stdout.close()


def end_with_input(pid):
    """End the process `pid` with standard input: no server outlives killed tests."""
    def watch():
        os.read(0, 1)
        os.kill(pid, signal.SIGTERM)
    thread = threading.Thread(target=watch)
    thread.daemon = True
    thread.start()


def print_port(port):
    sys.stdout.write('%d\n' % port)
    sys.stdout.flush()


if __name__ == '__main__':
    SERVERS[sys.argv[1]](print_port)
