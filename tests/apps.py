"""The WSGI applications of the tests, checked by :mod:`wsgiref.validate`."""

import json
from wsgiref.validate import validator


class App(object):
    """An application that keeps the environs and bodies it was called with.

    `make` gives a new view of it for each request, as a factory should.
    """

    def __init__(self, answer=None, valid=True):
        self.environs = []
        self.bodies = []
        self.answer = answer or echo
        self.valid = valid

    @property
    def environ(self):
        return self.environs[-1]

    @property
    def body(self):
        return self.bodies[-1]

    def make(self):
        return validator(self._call) if self.valid else self._call

    def _call(self, environ, start_response):
        self.environs.append(environ)
        return self.answer(self, environ, start_response)

    def read(self, environ):
        """Read the message body to its end, and keep it."""
        body = b''.join(iter(lambda: environ['wsgi.input'].read(8192), b''))
        self.bodies.append(body)
        return body


def echo(app, environ, start_response):
    """Answers what came: the message body, or else a greeting."""
    body = app.read(environ) or b'hello'
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [body]


def tell(app, environ, start_response):
    """Answers the environ and the body, as JSON."""
    body = app.read(environ)
    told = dict((key, value) for key, value in environ.items()
                if isinstance(value, (str, bool)))
    told['body'] = body.decode('latin-1')
    content = json.dumps(told, sort_keys=True).encode('ascii')
    start_response('200 OK', [('Content-Type', 'application/json'),
                              ('Content-Length', str(len(content)))])
    return [content]


def named(name):
    """An answer that tells which application it is from."""
    def answer(app, environ, start_response):
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return [name.encode('ascii')]
    return answer


def named_factory(name):
    """A factory of an application that answers its name."""
    return App(named(name)).make
