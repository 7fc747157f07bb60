import itertools

from six.moves.urllib.request import urlopen

from wsgi_intercept.interceptor import UrllibInterceptor


class Ticks(object):
    """The body of an endless response."""

    def __init__(self):
        self.numbers = itertools.count()
        self.made = 0
        self.closed = False

    def __iter__(self):
        for number in self.numbers:
            self.made += 1
            yield ('tick %d\n' % number).encode('ascii')

    def close(self):
        self.closed = True


def test_an_endless_response():
    ticks = Ticks()

    def app(environ, start_response):
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return ticks

    with UrllibInterceptor(lambda: app) as url:
        response = urlopen(url)
        assert ticks.made == 1
        assert response.readline() == b'tick 0\n'
        assert response.readline() == b'tick 1\n'
        response.close()
    assert ticks.closed
