"""Fixtures: real servers, and an environment that has no say."""

import importlib
import os

import pytest

from .servers import Server

SWAYING = ('proxy', 'ca_bundle', 'ca_certs', 'ssl_cert')


@pytest.fixture(autouse=True)
def no_sway(monkeypatch):
    """No variable of the environment points clients to proxies or certificates."""
    for name in list(os.environ):
        if any(part in name.lower() for part in SWAYING):
            monkeypatch.delenv(name)


@pytest.fixture
def serve():
    """Starts servers, which are stopped after the test: ``serve(name)``."""
    servers = []

    def start(*args, **kwargs):
        servers.append(kwargs.pop('kind', Server)(*args, **kwargs))
        return servers[-1]
    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def server(serve):
    """A real server, which answers ``real``."""
    return serve()


@pytest.fixture
def installed(driver_class):
    """The module of `driver_class`'s client, installed."""
    module = importlib.import_module(
        'wsgi_intercept.' + driver_class.interceptor.MODULE_NAME)
    module.install()
    yield module
    module.uninstall()
