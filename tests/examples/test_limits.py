import threading
import time

import requests

from wsgi_intercept.interceptor import RequestsInterceptor


def slow(environ, start_response):
    time.sleep(0.1)
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [threading.current_thread().name.encode('ascii')]


def test_timeouts_do_not_fire():
    with RequestsInterceptor(lambda: slow) as url:
        assert requests.get(url, timeout=0.01).status_code == 200


def test_the_application_runs_in_the_thread_of_the_client():
    with RequestsInterceptor(lambda: slow) as url:
        assert requests.get(url).text == threading.current_thread().name
