import httplib2

from . import WSGI_HTTPConnection, WSGI_HTTPSConnection

__all__ = ['HTTPInterceptorMixin', 'HTTPSInterceptorMixin',
           'HTTP_WSGIInterceptorWithTimeout', 'HTTPS_WSGIInterceptorWithTimeout',
           'install', 'uninstall']

HTTPInterceptorMixin = WSGI_HTTPConnection
HTTPSInterceptorMixin = WSGI_HTTPSConnection


class HTTP_WSGIInterceptorWithTimeout(
    HTTPInterceptorMixin, httplib2.HTTPConnectionWithTimeout): ...
class HTTPS_WSGIInterceptorWithTimeout(
    HTTPSInterceptorMixin, httplib2.HTTPSConnectionWithTimeout): ...


def install() -> None: ...
def uninstall() -> None: ...
