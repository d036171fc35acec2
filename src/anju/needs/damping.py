"""Answers of one browser, or many of one address in a day, count less (3.2-1): a share of one in millionths, said on the page.

All answers of one browser to a survey count as one together. Up to ``ADDRESS_FULL`` answers of one network address in a day count in
full, since a family, an office or a telephone mast shares one; more count as that many together. An answer tied to an application counts
in full: the application is there once.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from anju.needs.models.survey import WHOLE_PPM

ADDRESS_FULL, LEAST = 5, WHOLE_PPM // 1000
SAID = (
    "同一浏览器的多份答卷合计按一份算；同一网络地址一天内超过 "
    f"{ADDRESS_FULL} 份的，合计按 {ADDRESS_FULL} 份算；登录家庭一户一份。"
)


def shares(rows: Iterable[tuple[Any, bytes | None, bytes | None]]) -> dict[Any, int]:
    """Key → how much an answer counts, in millionths; never under LEAST, so that a weight is never 0.

    ``rows``: key, browser, address-and-day; None where unknown.
    """
    known = list(rows)
    browsers = Counter(browser for _, browser, _ in known if browser)
    addresses = Counter(address for _, _, address in known if address)
    found = {}
    for key, browser, address in known:
        by_browser = WHOLE_PPM // browsers[browser] if browser else WHOLE_PPM
        crowd = addresses[address] if address else 0
        by_address = WHOLE_PPM if crowd <= ADDRESS_FULL else WHOLE_PPM * ADDRESS_FULL // crowd
        found[key] = max(LEAST, min(by_browser, by_address))
    return found
