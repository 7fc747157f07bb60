"""What needs the syntax, or the standard library, of Python 3 is not collected on 2."""

import six

collect_ignore = (
    ['test_with_asgi.py', 'test_with_exit_stack.py'] if six.PY2 else [])
