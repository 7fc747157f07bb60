"""What Python 2 cannot even read is not collected there."""

import six

collect_ignore = ['test_with_asgi.py'] if six.PY2 else []
