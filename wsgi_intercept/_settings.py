"""The settings that users rebind on the package, read at each use.

This is the one module that reaches for the package object; everything else asks
here.  Nothing is copied: an assignment such as ``wsgi_intercept.debuglevel = 1``
counts from the next request on.
"""

import sys

# The package is in sys.modules, half made, when its first submodule is imported.
package = sys.modules[__name__.rpartition('.')[0]]


def trace(level, text, *args):
    """Write ``text % args`` to stderr if ``wsgi_intercept.debuglevel`` >= `level`."""
    if package.debuglevel >= level:
        sys.stderr.write('wsgi_intercept: %s\n' % (text % args))
