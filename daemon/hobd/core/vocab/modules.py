"""What can be imported under a name that no distribution has, or another one: the standard library, and well-known modules.

The first is `sys.stdlib_module_names` of CPython, without what begins with `_`.
"""

from hobd.core.vocab.names import Name, normalize

_LASTING = """
    abc antigravity argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 cProfile calendar cmath cmd code
    codecs codeop collections colorsys compileall concurrent configparser contextlib contextvars copy copyreg csv ctypes curses
    dataclasses datetime dbm decimal difflib dis doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput
    fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http
    idlelib imaplib importlib inspect io ipaddress itertools json keyword linecache locale logging lzma mailbox marshal math
    mimetypes mmap modulefinder msvcrt multiprocessing netrc nt ntpath nturl2path numbers opcode operator optparse os pathlib pdb
    pickle pickletools pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc
    pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve
    shlex shutil signal site smtplib socket socketserver sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string
    stringprep struct subprocess symtable sys sysconfig syslog tabnanny tarfile tempfile termios textwrap this threading time timeit
    tkinter token tokenize trace traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uuid venv
    warnings wave weakref webbrowser winreg winsound wsgiref xml xmlrpc zipapp zipfile zipimport zlib zoneinfo
"""
"""In all of CPython 3.10 to 3.14."""
_ALWAYS = frozenset(map(normalize, _LASTING.split()))
_DEAD = """
    aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes sndhdr spwd sunau telnetlib uu xdrlib
"""
_UNTIL: dict[str, int] = {
    "binhex": 10,
    **dict.fromkeys(("asynchat", "asyncore", "distutils", "imp", "smtpd"), 11),
    **dict.fromkeys(_DEAD.split(), 12),
}
"""By module: the last minor version of Python 3 that has it (PEP 594, PEP 632)."""
_SINCE = {"tomllib": 11, "annotationlib": 14, "compression": 14}
"""By module: the first that has it."""

_DISTRIBUTIONS = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "crypto": "pycryptodome",
    "cryptodome": "pycryptodomex",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "discord": "discord-py",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "git": "gitpython",
    "github": "pygithub",
    "gi": "pygobject",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "ldap": "python-ldap",
    "magic": "python-magic",
    "mpl-toolkits": "matplotlib",
    "mysqldb": "mysqlclient",
    "nacl": "pynacl",
    "openssl": "pyopenssl",
    "osgeo": "gdal",
    "pil": "pillow",
    "pkg-resources": "setuptools",
    "pptx": "python-pptx",
    "pywintypes": "pywin32",
    "rest-framework": "djangorestframework",
    "ruamel": "ruamel-yaml",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "socketio": "python-socketio",
    "telegram": "python-telegram-bot",
    "usb": "pyusb",
    "websocket": "websocket-client",
    "win32api": "pywin32",
    "win32com": "pywin32",
    "wx": "wxpython",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
"""By module, in the form of a distribution's name: the distribution that brings it."""


def is_standard(module: Name, minor: int) -> bool:
    """Whether a module, in the form of a distribution's name, belongs to the standard library of CPython 3.`minor`."""
    if module in _UNTIL:
        return minor <= _UNTIL[module]
    return module in _ALWAYS or minor >= _SINCE.get(module, minor + 1)


def distribution_of(module: Name) -> Name | None:
    """The distribution that brings a module, where it has another name; None where none is known."""
    found = _DISTRIBUTIONS.get(module)
    return None if found is None else normalize(found)
