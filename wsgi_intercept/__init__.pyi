# Written as type checkers of Python 3.8 understand it: Optional, Union, Dict.

import http.client
import io
from _typeshed import ReadableBuffer, WriteableBuffer
from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
from types import TracebackType
from typing import (
    Any, BinaryIO, Callable, Dict, Iterator, List, Literal, Mapping, MutableMapping,
    Optional, Protocol, Tuple, Type, TypeVar, Union, overload)
from typing_extensions import ParamSpec

__all__ = ['Call', 'Calls', 'NetworkBlockedError', 'STRICT_RESPONSE_HEADERS',
           'WSGIAppError', 'WSGI_HTTPConnection', 'WSGI_HTTPSConnection', '__version__',
           'add_wsgi_intercept', 'block_network', 'debuglevel', 'make_environ',
           'remove_wsgi_intercept', 'wsgi_fake_socket']

_P = ParamSpec('_P')
_T = TypeVar('_T')
_Self = TypeVar('_Self')
_AppFactory = Callable[[], Optional[WSGIApplication]]
_HostOrPair = Union[str, Tuple[str, Union[int, str]]]

__version__: str
STRICT_RESPONSE_HEADERS: bool
debuglevel: int

# Users rebind both.  "or Any" takes a mapping that can be read only, without a check
# of each look-up; and a variable takes a function with other names of its arguments.
_wsgi_intercept: Union[MutableMapping[Tuple[str, int], Tuple[_AppFactory, str]], Any]
make_environ: Callable[[BinaryIO, str, int, str], WSGIEnvironment]


def add_wsgi_intercept(
    host: str,
    port: Union[int, str],
    app_create_fn: _AppFactory,
    script_name: Optional[str] = '',
    environ: Optional[Mapping[str, Any]] = None,
    raise_app_errors: bool = True,
    calls: Optional[List[Call]] = None,
) -> None: ...
def remove_wsgi_intercept(
    host: Optional[str] = None, port: Union[int, str, None] = None) -> int: ...


# A list, tuple, set or the like.  No str: that has a __contains__ for str alone.
class _Hosts(Protocol):
    def __contains__(self, __host: object) -> bool: ...
    def __iter__(self) -> Iterator[_HostOrPair]: ...


class block_network:
    def __init__(self, allow: Union[_Hosts, Iterator[_HostOrPair]] = ()) -> None: ...
    def __enter__(self) -> None: ...
    def __exit__(self, *exc_info: object) -> None: ...
    def __call__(self, function: Callable[_P, _T]) -> Callable[_P, _T]: ...


class NetworkBlockedError(ConnectionRefusedError):
    def __init__(self, text: str) -> None: ...


class Call:
    environ: WSGIEnvironment
    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def body(self) -> BinaryIO: ...
    @property
    def status(self) -> Optional[str]: ...
    @property
    def headers(self) -> List[Tuple[str, str]]: ...


class Calls(List[Call]):
    maxlen: Optional[int]
    def __init__(self, maxlen: Optional[int] = None) -> None: ...
    def append(self, call: Call) -> None: ...


class WSGIAppError(Exception):
    error: BaseException
    # "or Any" stands for the None of sys.exc_info() where nothing is being handled.
    exception_type: Union[Type[BaseException], Any]
    exception_value: Union[BaseException, Any]
    traceback: Optional[TracebackType]
    def __init__(
        self,
        error: BaseException,
        exc_info: Tuple[Optional[Type[BaseException]], Optional[BaseException],
                        Optional[TracebackType]],
    ) -> None: ...


class WSGI_HTTPConnection(http.client.HTTPConnection):
    def get_app(
        self, host: str, port: int) -> Tuple[Optional[WSGIApplication], Optional[str]]: ...


class WSGI_HTTPSConnection(WSGI_HTTPConnection, http.client.HTTPSConnection): ...


class wsgi_fake_socket:
    app: Optional[WSGIApplication]
    host: str
    port: int
    script_name: Optional[str]
    https: bool
    def __init__(
        self,
        app: WSGIApplication,
        host: str,
        port: int,
        script_name: Optional[str],
        https: bool = False,
    ) -> None: ...
    def sendall(self, data: Union[ReadableBuffer, str], flags: int = 0) -> None: ...
    def send(self, data: Union[ReadableBuffer, str], flags: int = 0) -> int: ...
    def makefile(
        self, mode: str = 'rb', *args: Any, **kwargs: Any) -> io.BufferedIOBase: ...
    def recv(self, size: int, flags: int = 0) -> bytes: ...
    def recv_into(
        self, buffer: WriteableBuffer, size: int = 0, flags: int = 0) -> int: ...
    def fileno(self) -> int: ...
    def settimeout(self, timeout: Optional[float]) -> None: ...
    def gettimeout(self) -> Optional[float]: ...
    def setblocking(self, flag: bool) -> None: ...
    def setsockopt(self, *args: Any) -> None: ...
    @overload
    def getsockopt(self, level: int, option: int) -> int: ...
    @overload
    def getsockopt(self, level: int, option: int, size: int) -> bytes: ...
    def getpeername(self) -> Tuple[str, int]: ...
    def getsockname(self) -> Tuple[str, int]: ...
    def shutdown(self, how: int) -> None: ...
    def close(self) -> None: ...
    def detach(self) -> int: ...
    def __enter__(self: _Self) -> _Self: ...
    def __exit__(self, *exc_info: object) -> None: ...
    @overload
    def getpeercert(self, binary_form: Literal[False] = False) -> Dict[str, Any]: ...
    @overload
    def getpeercert(self, binary_form: Literal[True]) -> bytes: ...
    @overload
    def getpeercert(self, binary_form: bool) -> Union[Dict[str, Any], bytes]: ...
    def cipher(self) -> Tuple[str, str, int]: ...
    def version(self) -> str: ...
    def selected_alpn_protocol(self) -> str: ...
