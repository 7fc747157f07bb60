"""The two APIs by which an application is put in place of a host."""

import contextlib
import importlib

import pytest

from wsgi_intercept import add_wsgi_intercept, remove_wsgi_intercept


def by_interceptor(driver_class):
    """The context manager API: ``intercept(factory, url)``."""
    @contextlib.contextmanager
    def intercept(factory, url):
        with driver_class.interceptor(factory, url=url) as yielded:
            assert yielded == url
            yield
    return intercept


def by_functions(driver_class):
    """The functional API: ``intercept(factory, url)``."""
    module = importlib.import_module(
        'wsgi_intercept.' + driver_class.interceptor.MODULE_NAME)

    @contextlib.contextmanager
    def intercept(factory, url):
        parsed = driver_class.interceptor(factory, url=url)
        module.install()
        try:
            add_wsgi_intercept(parsed.host, parsed.port, factory, parsed.script_name)
            yield
        finally:
            remove_wsgi_intercept(parsed.host, parsed.port)
            module.uninstall()
    return intercept


@pytest.fixture(params=[by_interceptor, by_functions], ids=['interceptor', 'functions'])
def intercept(request, driver_class):
    return request.param(driver_class)
