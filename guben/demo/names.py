"""Invented names: people put together from characters, and the stock of words for units, firms and places."""

from __future__ import annotations

from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗" * 4
    + "郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃"
    * 2
    + "武戚莫孔向汤常温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖"
)
_GIVEN: dict[tuple[str, int], tuple[str, str]] = {
    ("1", 0): ("福广长万树庆启焕锡润炳耀兆宗荫", "田林祥发根堂旺坤照棠财全安远松"),
    ("1", 1): ("志伟国卫建海少永文汉锦春立晓新", "辉明雄锋彬峰良添源坚权斌章柱浩"),
    ("1", 2): ("子宇浩俊嘉梓泽景骏柏奕铭晋逸智", "轩航豪晨睿霖烨旭衡谦朗恒川楷桥"),
    ("2", 0): ("秀桂玉凤春淑惠月银彩细瑞金翠锦", "兰英珍梅芳莲香娥桃娇芝容妹清云"),
    ("2", 1): ("丽慧晓雪燕少海美建秋文月春碧小", "娟琴萍红霞玲芬琼珊媚仪青颜群霖"),
    ("2", 2): ("雨梦欣诗思佳子嘉语若晓静可梓沐", "涵琪婷瑶怡萱彤妍宁晴萌澜茵禾桐"),
}
_SINGLE = {"1": "榕朗桥堤岗栩岸秋舟帆野湛楷川禾", "2": "榕茵澜溪芷晴蔓禾沁岚荷枫苇蕙绫"}
_FAMOUS = frozenset(
    "王海容 林海峰 张国立 刘志军 李志坚 李泽楷 张子枫 王梓桐 李雨桐 陈子豪 罗志祥 汪小菲 马化腾 王明 李明 张一山 陈建斌 王晓晨 林子祥 "
    "钟南山 黄海波 林永健 张晓明 王卫国 李国豪 刘国梁 陈晓明 高晓松 孟美岐 陈伟霆 冯晓泉 周海媚 周冬雨 宋佳 张嘉译 李嘉诚 郭晶晶 马龙".split()
)

TOWNS = (  # 15 towns and 8 streets
    "清湾镇 莲浦镇 禾岸镇 松坪镇 石塱镇 云涌镇 榕溪镇 梅围镇 鹤洲镇 青埔镇 竹坑镇 芦塘镇 枫岭镇 沙墩镇 望潮镇 "
    "西堤街道 东塘街道 南埠街道 北栅街道 河畔街道 新桥头街道 旧城墙街道 码头东街道"
).split()
_VILLAGE_START = "上下东西南北大新老前后中"
_VILLAGE_END = ("涌", "塱", "围", "坪", "沙", "岗", "埔", "榕", "桥", "洲", "坑", "塘", "田", "莲", "陂", "基")
_COMMUNITY_START = "康和怡锦兴安永福荣裕翠"
_COMMUNITY_END = "宁园苑泰乐华堤景湖庭"
_FIRM_START = "恒顺嘉明宏众鸿瑞诚达盈润茂丰"
_FIRM_END = "源泰和利康图信德祥裕晟锐"
FIRM_TRADES = (
    "五金制品", "灯饰照明", "电器", "印务", "物流", "养老服务", "食品", "家具", "服装", "包装材料",
    "软件", "园林", "建筑安装", "汽车配件", "律师事务所", "会计师事务所", "水产养殖", "农产品加工",
)  # fmt: skip
CITY_OFFICES = (
    "市委办公室 市委组织部 市委宣传部 市委统战部 市委政法委 市委政研室 市委编办 市委老干部局 市人大机关 市政府办公室 市政协机关 市纪委监委机关 市总工会 团市委 "
    "市妇联 市发展改革局 市教育局 市科技局 市工业信息化局 市民政局 市司法局 市财政局 市人力资源社会保障局 市自然资源局 市生态环境局 市住房城乡建设局 市交通运输局 "
    "市水务局 市农业农村局 市商务局 市文化旅游局 市卫生健康局 市退役军人局 市应急管理局 市审计局 市市场监管局 市统计局 市医保局 市信访局 市城管局 市政务服务局 "
    "市林业局 市档案馆 市税务局 市气象局 市供销社 市残联 市科协 市文联 市工商联 市红十字会 市图书馆 市公路事务中心 市公共资源交易中心"
).split()
STATE_FIRMS = "水务集团 公交集团 城建集团 粮食储备 港航集团 环卫集团 旅游投资 农业发展 燃气集团 产业投资".split()
HOSPITALS = (
    "第一人民医院 第二人民医院 第三人民医院 第四人民医院 中医院 妇幼保健院 疾控中心 血站 急救中心 口腔医院 康复医院"
).split()
PLACES = "外省务工 省城务工 沿海务工 随子女居住外市 随子女居住省城 外市经商 省外经商 外地就读".split()
ROADS = "榕荫路 河堤路 人民路 兴业路 文昌街 码头街 新桥路 莲花路 东兴路 长堤路".split()


def person_name(sex: str, age: int, random: Random) -> str:
    """A name that fits the sex and the generation."""
    generation = 0 if age >= 58 else 1 if age >= 36 else 2
    first, second = _GIVEN[(sex, generation)]
    while True:
        surname = random.choice(SURNAMES)
        if random.random() < 0.1:
            name = surname + random.choice(_SINGLE[sex])
        else:
            name = surname + random.choice(first) + random.choice(second)
        if name not in _FAMOUS and name[0] != name[-1]:
            return name


def village_names(count: int) -> list[str]:
    """Different names of villages (192 at most)."""
    return [f"{first}{last}村" for last in _VILLAGE_END for first in _VILLAGE_START][:count]


def community_names(count: int) -> list[str]:
    """Different names of communities (110 at most)."""
    return [f"{first}{last}社区" for last in _COMMUNITY_END for first in _COMMUNITY_START][:count]


def firm_names(random: Random, count: int) -> list[str]:
    """Different names of firms, each with its trade."""
    marks = [first + last for first in _FIRM_START for last in _FIRM_END]
    names = [mark + trade for mark in marks for trade in FIRM_TRADES]
    return random.sample(names, count)
