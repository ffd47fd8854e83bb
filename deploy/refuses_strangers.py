"""Exit with 0 if a server is up and refuses a request without a token: `... http://HOST:PORT`."""

import sys
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen


def main() -> None:
    """Ask for the threads without a token."""
    search = Request(f"{sys.argv[1]}/threads/search", b"{}", {"Content-Type": "application/json"})
    try:
        urlopen(search, timeout=5)
    except HTTPError as error:
        if error.code == 401:
            return
        sys.exit(f"It answers {error.code} without a token.")
    except URLError as error:
        sys.exit(f"It cannot be reached: {error.reason}.")
    sys.exit("It serves everybody: look at its log for why the file of auth.path was not loaded.")


if __name__ == "__main__":
    main()
