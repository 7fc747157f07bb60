"""The client modules of this package, found by name."""

import importlib
import sys

__all__ = ['CLIENT_MODULES', 'all_patches', 'import_client_module']

PACKAGE = __name__.rpartition('.')[0]
CLIENT_MODULES = ('http_client_intercept', 'httplib2_intercept', 'requests_intercept',
                  'urllib3_intercept', 'urllib_intercept')


def import_client_module(name):
    """The client module `name` of this package, or the user's module of that name.

    :raises ImportError: if there is none, or its client is not installed
    """
    ours = PACKAGE + '.' + name
    module = sys.modules.get(ours)
    # What is there is not imported again: until Python 3.9 that takes a lock, which a
    # process that is forked meanwhile would find taken.
    if hasattr(module, 'uninstall'):
        return module
    return importlib.import_module(ours if name in CLIENT_MODULES else name)


def all_patches():
    """The patches of all clients that are installed, each once.

    A client that is not imported yet is imported: to catch it later, as it is imported,
    would take one more thing that is the process's, and to be restored, and would miss
    what does not come through it.
    """
    patches = []
    for name in CLIENT_MODULES:
        try:
            patch = import_client_module(name).patch
        except ImportError:         # not installed
            continue
        if patch not in patches:    # requests and urllib3 may share one
            patches.append(patch)
    return patches
