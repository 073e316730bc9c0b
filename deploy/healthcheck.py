"""Whether the web server of this container can work; asks as the proxy in front does."""  # noqa: INP001

import http
import os
import sys
import urllib.request


def main() -> int:
    question = urllib.request.Request("http://127.0.0.1:8000/readyz")
    question.add_header("Host", os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split(",")[0].strip())
    if os.environ.get("SITE_URL", "").startswith("https:"):
        question.add_header("X-Forwarded-Proto", "https")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(question, timeout=8) as answer:
            return 0 if answer.status == http.HTTPStatus.OK else 1
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
