"""Columns that say who answered: contact details are not drafted, and identifiers become keys.

The words of a header are looked at and the values below it, for 号码 may head anything. What is left out by
mistake is named for a person to take back; what is stored by mistake has been stored. So doubt leaves out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from survey.cells import CellValue, raw_text
from survey.draft_values import Looks
from survey.mapping import is_contact
from survey.wording import matching, plain, without_question_number

Identity = Literal["contact", "key", "running"]
"""What of a person a column holds: how to reach them, an identifier, or the number of the row."""

# 138 0000 0000, 138-0000-0000, +86 13800000000; 138.00000000 is a decimal number.
_MOBILE = re.compile(
    r"(?<![\d.])(?:\(?(?:\+|00)?86\)?[\s-]?)?"
    r"(?:1[3-9](?:[\s-]?\d){9}|1[3-9]\d\.\d{4}\.\d{4})(?!\d)",
    re.ASCII,
)
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE)
_ID_CARD = re.compile(r"(?<!\d)\d{17}[\dX](?![\dA-Z])", re.ASCII | re.IGNORECASE)
_ID_CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CARD_CHECKS = "10X98765432"

# Whole headers in the form of ``matching``: 服务地址变更方便吗 is a question, 地址 is a place.
_PERSONS = re.compile(
    r"(受访|被访|被调查|填写|填表|填报|答卷|答题|经办|对接|负责|联络|联系)(者|人|人员)|(访问|调查|受访)对象"
    r"|(respondent|interviewee|contactperson)(name)?"
)
_NAMES = re.compile(
    r"(您?的?(所在|工作)?(客户|用户|会员|单位|公司|企业|机构|组织|集团|工作单位|学校|医院))(全?名称|全?名|全称)?"
    r"|(您?的?(客户|用户|单位|公司|企业|家庭|联系|通讯|通信|详细|现|居住|安装|装机|收货|服务|办公|邮寄|所在)?)(地址|住址|居住地)"
    r"|accountname|(customer|client|company|organi[sz]ation|firm|employer|business)(name)?"
    r"|(home|street|postal|mailing|billing|delivery|shipping|company|office|work|customer)?address(line)?\d?"
)
_RUNNING = re.compile(r"序号|行号|no|#|index|row(no|number)?|serial(no|number)?")
_IDENTIFIER = re.compile(
    r".{0,8}(编号|编码|号码|代码|单号|账号|帐号|卡号|工号|学号|户号|证号|机号|车牌号?|流水号|合同号|档案号|案件号"
    r"|(客户|用户|会员|员工|订单|业务|服务|设备|账户|宽带|主叫|被叫)(号|id)|.{0,4}id)"
)
_ASKED = re.compile(r"[您你请吗呢何哪几?]|什么|是否|满意|评价|方便")
_ENGLISH_IDENTIFIER = re.compile(
    r"(?:[\w/-]+[\s_-]+){0,3}(?:id|no\.|nr\.?|number|uuid|guid)|account"
    r"|(?:[\w/-]+[\s_-]+){0,2}(?:customer|client|account|user|member|employee|staff|respondent|order|invoice"
    r"|ticket|case|contract|policy|device|serial)[\s_-]?(?:id|no|nr|number|code|key|ref|reference|#)",
    re.IGNORECASE,
)
# Codes of these, where few repeat, tell groups apart rather than people.
_OF_GROUPS = re.compile(
    r"国家|网点|门店|店铺|部门|渠道|产品|商品|套餐|站|区|线路|班级|省|市|邮政"
    r"|branch|store|shop|product|department|region|team|class|country|zip|post",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9_-]{2,39}", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_LONG_NUMBER = 8  # digits of a number that counts nothing, where all have as many
_NEARLY_ALL = 0.95


def identity(headers: Iterable[str], values: Iterable[CellValue], looks: Looks) -> Identity | None:
    """Return what of a person a column holds, or ``None`` where it holds answers.

    Parameters
    ----------
    headers : the texts above the column, any of which may give it away.
    values : its cells that hold an answer.
    looks : what the values look like by themselves.
    """
    if looks in ("empty", "date"):
        return None
    counts = Counter(_written(value) for value in values)
    names = [_bare(header) for header in headers]
    if looks != "scale" and _most_reach(counts):
        return "contact"
    if any(_RUNNING.fullmatch(matching(name)) for name in names) and _counts_rows(counts):
        return "running"
    # 手机价格 has the word for a phone and a few prices; a column of phones has no few values.
    if looks in ("open", "number") and any(map(is_contact, names)):
        return "contact"
    if looks in ("open", "number") and _are_codes(counts):
        return "key"
    if looks != "scale" and any(_names_somebody(name, looks) for name in names):
        return "contact"
    # Few that repeat are categories, unless each is somebody's.
    named = [name for name in names if _is_identifier(name)]
    return "key" if any(looks != "category" or not _OF_GROUPS.search(name) for name in named) else None


def _bare(header: str) -> str:
    """Return a header without its question number and what a bracket adds: ``3、客户编号（必填）``."""
    text = without_question_number(header) or plain(header)
    return re.sub(r"\s*[(\[【][^()\[\]【】]*[)\]】]\s*$", "", text).rstrip("*:： ") or text


def _names_somebody(name: str, looks: Looks) -> bool:
    form = matching(name)
    return bool(_PERSONS.fullmatch(form)) or (looks != "category" and bool(_NAMES.fullmatch(form)))


def _is_identifier(name: str) -> bool:
    form = matching(name)
    if form.isascii():
        return bool(_ENGLISH_IDENTIFIER.fullmatch(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)))
    return bool(_IDENTIFIER.fullmatch(form)) and not _ASKED.search(form)


# -- values ----------------------------------------------------------------------------------------


def _written(value: CellValue) -> str:
    """Return a cell as a code is written: a spreadsheet may hold its digits as a decimal number."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return plain(raw_text(value))


def _most_reach(counts: Counter[str]) -> bool:
    return 2 * sum(n for text, n in counts.items() if _reaches(text)) > counts.total()


def _reaches(text: str) -> bool:
    """Return whether a text holds a mobile number, a mail address or the number of an identity card.

    The check digit is that of GB 11643-1999: ISO 7064, MOD 11-2.
    """
    if _MOBILE.search(text) or _MAIL.search(text):
        return True
    return any(_is_id_card(found[0]) for found in _ID_CARD.finditer(text))


def _is_id_card(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_CARD_WEIGHTS, strict=False))
    return _ID_CARD_CHECKS[total % 11] == number[-1].upper()


def _counts_rows(counts: Counter[str]) -> bool:
    return all(n == 1 and _DIGITS.fullmatch(text) for text, n in counts.items())


def _are_codes(counts: Counter[str]) -> bool:
    """Return whether nearly all texts differ and each is a code; numbers are codes if long and alike."""
    few = counts.total() < 3 or len(counts) < _NEARLY_ALL * counts.total()
    if few or not all(map(_CODE.fullmatch, counts)):
        return False
    lengths = {len(text) for text in counts if _DIGITS.fullmatch(text)}
    return not lengths or (len(lengths) == 1 and min(lengths) >= _LONG_NUMBER)
