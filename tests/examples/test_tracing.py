import requests

import wsgi_intercept
from wsgi_intercept.interceptor import RequestsInterceptor


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'Hello']


def test_tracing(monkeypatch, capsys):
    monkeypatch.setattr(wsgi_intercept, 'debuglevel', 1)
    with RequestsInterceptor(lambda: app, url='http://example.com') as url:
        requests.get(url)
    trace = capsys.readouterr()[1]
    assert 'wsgi_intercept: intercepted: example.com:80\n' in trace
