from multiprocessing.pool import ThreadPool

import requests

from wsgi_intercept.interceptor import RequestsInterceptor


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [environ['PATH_INFO'].encode('ascii')]


def fetch(url):
    return requests.get(url).text


def test_threads():
    pool = ThreadPool(4)
    with RequestsInterceptor(lambda: app) as url:
        answers = pool.map(fetch, ['%s/%d' % (url, number) for number in range(20)])
    pool.close()
    pool.join()
    assert answers == ['/%d' % number for number in range(20)]
