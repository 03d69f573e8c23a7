"""Checks a mail's DKIM signature with dkimpy.

Arguments: the mail's file, the DNS name that may be asked for, and the TXT record it answers.
Prints `good` or `bad`.
"""

import sys
from pathlib import Path

import dkim


def main():
    mail, name, record = sys.argv[1:]

    def answer(asked, timeout=5):
        asked = asked.decode() if isinstance(asked, bytes) else asked
        return record.encode() if asked.rstrip(".") == name else None

    good = dkim.verify(Path(mail).read_bytes(), dnsfunc=answer)
    print("good" if good else "bad")


main()
