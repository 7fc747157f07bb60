from types import TracebackType
from typing import Any, Callable, Mapping, Optional, Type, TypeVar, Union, overload
from typing_extensions import ParamSpec

from . import Calls, _AppFactory

__all__ = ['AllClientsInterceptor', 'HttpClientInterceptor', 'Httplib2Interceptor',
           'Interceptor', 'RequestsInterceptor', 'Urllib3Interceptor',
           'UrllibInterceptor']

_P = ParamSpec('_P')
_T = TypeVar('_T')


class Interceptor:
    MODULE_NAME: Optional[str]
    app: _AppFactory
    host: str
    port: int
    script_name: str
    url: str
    calls: Calls
    def __init__(
        self,
        app: _AppFactory,
        host: Optional[str] = None,
        port: Union[int, str] = 80,
        prefix: Optional[str] = None,
        url: Optional[str] = None,
        environ: Optional[Mapping[str, Any]] = None,
        raise_app_errors: bool = True,
        scheme: Optional[str] = None,
        max_calls: Optional[int] = 100,
    ) -> None: ...
    def install_intercept(self) -> None: ...
    def uninstall_intercept(self) -> None: ...
    def uninstall_module(self) -> None: ...
    def __enter__(self) -> str: ...
    # Arguments by position, so that overrides may name them.
    def __exit__(
        self,
        __exc_type: Optional[Type[BaseException]],
        __exc: Optional[BaseException],
        __traceback: Optional[TracebackType],
    ) -> None: ...
    @overload
    def __call__(
        self, function: Callable[_P, _T], url_argument: None = None,
    ) -> Callable[_P, _T]: ...
    # No type says "without the argument of that name".
    @overload
    def __call__(
        self, function: Callable[..., _T], url_argument: str,
    ) -> Callable[..., _T]: ...
    @overload
    def __call__(
        self, function: None = None, *, url_argument: str,
    ) -> Callable[[Callable[..., _T]], Callable[..., _T]]: ...


class AllClientsInterceptor(Interceptor): ...
class HttpClientInterceptor(Interceptor): ...
class UrllibInterceptor(Interceptor): ...
class Httplib2Interceptor(Interceptor): ...
class RequestsInterceptor(Interceptor): ...
class Urllib3Interceptor(Interceptor): ...
