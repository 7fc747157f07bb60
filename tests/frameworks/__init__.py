"""One application, built with each framework, and answering each client.

Each module ``<framework>_app`` has ``application``, and ``propagating``, which is the
same but lets an unhandled exception of a view through.  They answer:

==================== ==================================================================
``GET /``            ``hello``
``GET /item/<name>`` the name, and the query parameter ``q`` (JSON; so are the others)
``POST /json``       what was posted
``POST /form``       the field ``name`` and the fields ``tag`` of a form
``POST /upload``     what was uploaded as ``photo``, with the field ``title``
``POST /login``      a redirect to ``/account``, and the cookies ``user`` and ``theme``
``GET /account``     the cookies
``GET /redirect``    a redirect to ``/item/7``
``GET /urls``        the absolute URLs of the request and of ``/item/7``
``GET /stream``      ``count`` lines, from a generator
``GET /download``    the file `content.download`
``GET /broken``      :exc:`ZeroDivisionError`
==================== ==================================================================
"""
