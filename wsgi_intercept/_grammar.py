"""The rules of RFC 9110 and RFC 9112 as regular expressions."""

import re

# token = 1*tchar                                           RFC 9110, 5.6.2
TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
# field-value = *( field-vchar / SP / HTAB )                RFC 9110, 5.5
FIELD_VALUE = r'[\t\x20-\x7e\x80-\xff]*'
# field-line = field-name ":" OWS field-value OWS           RFC 9112, 5
FIELD_LINE = TOKEN + r':' + FIELD_VALUE + r'\r\n'
# status = 3DIGIT [ SP reason-phrase ]                      RFC 9112, 4
STATUS = r'[1-9][0-9][0-9](?: ' + FIELD_VALUE + r')?'
# Content-Length = 1*DIGIT                                  RFC 9110, 8.6
NUMBER = r'[0-9]{1,19}'
# chunk-size [ chunk-ext ] CRLF                             RFC 9112, 7.1
CHUNK_LINE = r'([0-9A-Fa-f]{1,16})(?:[\t ]*;' + FIELD_VALUE + r')?\r\n'


class Rule(object):
    """A regular expression, compiled when it is first asked for.

    Compiling is what takes longest in an import, and few programs need every one.
    """

    def __init__(self, expression):
        self._expression = expression

    def match(self, text):
        """As that of :mod:`re`."""
        self.match = re.compile(self._expression).match
        return self.match(text)


def in_bytes(expression):
    """A regular expression for bytes, of one for text."""
    return expression.encode('ascii')
