"""Words and figures of the sample charts, in two languages."""

from __future__ import annotations

from survey.language import Language

WAVES = ("24Q4", "25Q1", "25Q2", "25Q3", "25Q4", "26Q1", "26Q2", "26Q3")
INDEX = (76.0, 76.5, 76.6, 76.6, 77.3, 77.3, 77.9, 77.7)
DIMENSIONS = {
    "zh": ("产品质量", "售前服务", "售中服务", "售后服务", "客户经理服务"),
    "en": (
        "Product quality",
        "Pre-sales service",
        "In-sales service",
        "After-sales service",
        "Account-manager service",
    ),
}
ITEMS = {
    "zh": (
        "通信可靠性",
        "产品与需求的契合",
        "业务信息主动性",
        "咨询便捷及时",
        "业务订购便捷",
        "开通及时",
        "账单查询便捷",
        "故障申告便捷",
        "故障处理及时",
        "主动及时",
        "协调能力",
        "专业能力",
    ),
    "en": (
        "Reliability of communication",
        "Fit of products to needs",
        "Initiative of business information",
        "Convenience of advice",
        "Convenience of ordering",
        "Timeliness of provisioning",
        "Convenience of billing enquiry",
        "Convenience of fault reporting",
        "Timeliness of fault handling",
        "Initiative and timeliness",
        "Ability to coordinate",
        "Professional competence",
    ),
}
_PROVINCES = {
    "zh": (
        "湖南|浙江|江苏|福建|江西|宁夏|云南|北京|湖北|广东|山东|陕西|四川|重庆|河南|广西|吉林|海南|安徽|天津|"
        "甘肃|内蒙古|山西|上海|黑龙江|新疆|河北|贵州|辽宁|青海|西藏|"
    ),
    "en": (
        "Hunan|Zhejiang|Jiangsu|Fujian|Jiangxi|Ningxia|Yunnan|Beijing|Hubei|Guangdong|Shandong|Shaanxi|"
        "Sichuan|Chongqing|Henan|Guangxi|Jilin|Hainan|Anhui|Tianjin|Gansu|Inner Mongolia|Shanxi|"
        "Shanghai|Heilongjiang|Xinjiang|Hebei|Guizhou|Liaoning|Qinghai|Tibet|"
    ),
}
PROVINCES = {language: names.rstrip("|").split("|") for language, names in _PROVINCES.items()}


def write(value: float, decimals: int) -> str:
    """Write a tick."""
    return f"{value:.{decimals}f}".replace("-", "−")


def signed(value: float, decimals: int = 1) -> str:
    """Write a signed figure."""
    text = f"{value:+.{decimals}f}".replace("-", "−")
    return text[1:] if float(f"{value:.{decimals}f}") == 0 else text


def span(low: float, high: float, decimals: int = 1) -> str:
    """Write an interval."""
    return f"{low:.{decimals}f}–{high:.{decimals}f}"


def signed_span(t: Words, low: float, high: float) -> str:
    """Write an interval of a difference."""
    return t(f"{signed(low)} 至 {signed(high)}", f"{signed(low)} to {signed(high)}")


class Words:
    """Picks the Chinese or the English of a pair."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en
