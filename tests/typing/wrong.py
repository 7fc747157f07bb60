"""Wrong uses: both type checkers refuse each, as the comments beside it say.

A comment beside what is not refused is an error as well.  It is not run.
"""

# These would only repeat what is refused.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from typing import Any, Callable, Dict, List

import wsgi_intercept
from wsgi_intercept import (
    WSGI_HTTPConnection, WSGIAppError, add_wsgi_intercept, block_network,
    http_client_intercept, make_environ, remove_wsgi_intercept, urllib_intercept,
    wsgi_fake_socket)
from wsgi_intercept.interceptor import RequestsInterceptor


def app(environ: Dict[str, Any], start_response: Any) -> List[bytes]:
    return []


def app_of_text(environ: Dict[str, Any], start_response: Any) -> List[str]:
    return []


def create_app_of_text() -> Callable[[Dict[str, Any], Any], List[str]]:
    return app_of_text


def environ_of_two(inp: Any, host: str) -> Dict[str, Any]:
    return {}


# An application where its factory belongs, and what is neither.
add_wsgi_intercept(
    'app.example', 80,
    app)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
add_wsgi_intercept(
    'app.example', 80,
    create_app_of_text)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
add_wsgi_intercept(
    'app.example', 80,
    None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
RequestsInterceptor(
    app)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
RequestsInterceptor(
    'http://a.example')  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]

# Arguments of other types, too few, and unknown ones.
add_wsgi_intercept(  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    'app.example', 80)
add_wsgi_intercept(
    b'app.example',  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    80, lambda: app)
add_wsgi_intercept(
    'app.example',
    80.0,  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    lambda: app)
add_wsgi_intercept(  # type: ignore[call-arg]
    'app.example', 80, lambda: app,
    script='/prefix')  # pyright: ignore[reportCallIssue]
remove_wsgi_intercept(
    80)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
RequestsInterceptor()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
RequestsInterceptor(
    lambda: app,
    url=['/'])  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
RequestsInterceptor(  # type: ignore[call-arg]
    lambda: app,
    path='/prefix')  # pyright: ignore[reportCallIssue]
make_environ(
    b'GET / HTTP/1.1',  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    'app.example', 80, '')
wsgi_fake_socket(  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    app, 'app.example', 80)
WSGIAppError(
    'no',  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    (None, None, None))

# What is not there.
print(wsgi_intercept  # type: ignore[attr-defined]
      .no_such_name)  # pyright: ignore[reportAttributeAccessIssue]
print(http_client_intercept  # type: ignore[attr-defined]
      .install_opener)  # pyright: ignore[reportAttributeAccessIssue]
print(urllib_intercept.install_opener()  # type: ignore[attr-defined]
      .read)  # pyright: ignore[reportAttributeAccessIssue]
print(wsgi_fake_socket(app, 'app.example', 80, '')  # type: ignore[attr-defined]
      .sendmsg)  # pyright: ignore[reportAttributeAccessIssue]
with RequestsInterceptor(lambda: app) as url:
    print(url  # type: ignore[attr-defined]
          .host)  # pyright: ignore[reportAttributeAccessIssue]

# Settings; pyright does not look at assignments to the attributes of a module.
wsgi_intercept.debuglevel = 'all'  # type: ignore[assignment]
wsgi_intercept.STRICT_RESPONSE_HEADERS = 'yes'  # type: ignore[assignment]
wsgi_intercept.make_environ = environ_of_two  # type: ignore[assignment]


class OwnConnection(WSGI_HTTPConnection):

    def get_app(  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride]  # noqa: E501
            self, host: str) -> Any:
        return app, ''


class OwnInterceptor(RequestsInterceptor):

    MODULE_NAME = 3  # type: ignore[assignment] # pyright: ignore[reportAssignmentType]

    def __enter__(self) -> int:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride]  # noqa: E501
        return 3


# Options.
RequestsInterceptor(
    lambda: app,
    environ={1: ''})  # type: ignore[dict-item] # pyright: ignore[reportArgumentType]
RequestsInterceptor(
    lambda: app,
    environ='USER')  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
RequestsInterceptor(
    lambda: app,
    scheme=80)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
RequestsInterceptor(
    lambda: app,
    max_calls='all')  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
add_wsgi_intercept(
    'app.example', 80, lambda: app,
    calls=())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
print(RequestsInterceptor(lambda: app).calls[0]  # type: ignore[attr-defined]
      .response)  # pyright: ignore[reportAttributeAccessIssue]

# A single host where hosts belong, a port alone, and no parentheses.
block_network(
    'localhost')  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
block_network(
    [80])  # type: ignore[list-item] # pyright: ignore[reportArgumentType]
block_network(
    app)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


# Decorated functions take what they took.

@RequestsInterceptor(lambda: app)
def intercepted(text: str) -> int:
    return len(text)


@block_network()
def blocked(text: str) -> int:
    return len(text)


intercepted(
    1)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
blocked()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
RequestsInterceptor(lambda: app)(  # type: ignore[call-overload]
    url_argument=1)  # pyright: ignore[reportArgumentType]
block_network()(
    'blocked')  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
