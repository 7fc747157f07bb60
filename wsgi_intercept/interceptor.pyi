from types import TracebackType
from typing import Optional, Type, Union

from . import _AppFactory

__all__ = ['HttpClientInterceptor', 'Httplib2Interceptor', 'Interceptor',
           'RequestsInterceptor', 'Urllib3Interceptor', 'UrllibInterceptor']


class Interceptor:
    MODULE_NAME: Optional[str]
    app: _AppFactory
    host: str
    port: int
    script_name: str
    url: str
    def __init__(
        self,
        app: _AppFactory,
        host: Optional[str] = None,
        port: Union[int, str] = 80,
        prefix: Optional[str] = None,
        url: Optional[str] = None,
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


class HttpClientInterceptor(Interceptor): ...
class UrllibInterceptor(Interceptor): ...
class Httplib2Interceptor(Interceptor): ...
class RequestsInterceptor(Interceptor): ...
class Urllib3Interceptor(Interceptor): ...
