"""Names that are written in several scripts, and traditional characters with their simplified forms.

`ALIASES` maps a name as written (Chinese in simplified characters) to the token that its English form gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_CHARACTER_PAIRS = (
    "萬万與与業业東东絲丝兩两嚴严喪丧個个豐丰臨临為为麗丽舉举義义烏乌樂乐習习鄉乡書书買买亂乱爭争於于虧亏雲云亞亚產产"
    "親亲億亿僅仅從从倉仓儀仪們们價价眾众優优會会傳传傷伤倫伦偽伪體体傭佣側侧僑侨儲储兒儿蘭兰關关興兴養养獸兽內内岡冈"
    "冊册寫写軍军農农馮冯沖冲決决況况凍冻淨净準准涼凉減减湊凑幾几鳳凤憑凭凱凯擊击劃划劉刘則则剛刚創创刪删別别劑剂劇剧"
    "勸劝辦办務务動动勵励勁劲勞劳勢势勝胜區区醫医華华協协單单賣卖盧卢衛卫卻却廠厂廳厅歷历曆历壓压厭厌廁厕縣县參参雙双"
    "發发髮发變变敘叙疊叠葉叶號号嘆叹後后嚇吓嗎吗啟启吳吴員员週周咨咨響响啞哑嘩哗喚唤問问啟启單单噴喷嘗尝圖图團团園园"
    "國国圍围圓圆聖圣場场壞坏塊块堅坚壇坛墳坟墜坠壘垒墊垫堪堪塵尘牆墙聲声殼壳處处備备複复復复夠够頭头誇夸夾夹奪夺奮奋"
    "獎奖妝妆婦妇媽妈嫵妩孫孙學学寧宁寶宝實实寵宠審审憲宪宮宫寬宽賓宾對对尋寻導导壽寿將将爾尔塵尘嘗尝堯尧屬属層层屜屉"
    "歲岁豈岂島岛嶺岭峽峡幣币師师帳帐帶带幫帮庫库應应廟庙龐庞廢废廣广開开異异棄弃張张彌弥彎弯彈弹強强歸归當当錄录彥彦"
    "徹彻徑径憶忆憂忧懷怀態态憐怜總总戀恋惡恶惱恼懸悬驚惊懼惧慘惨懲惩慣惯憤愤願愿懶懒戲戏戰战戶户撲扑執执擴扩掃扫揚扬"
    "擾扰撫抚拋抛搶抢護护報报擔担擬拟攏拢揀拣擁拥攔拦擇择掛挂摯挚撥拨擋挡掙挣擠挤揮挥撈捞損损撿捡換换據据擲掷撐撑攝摄"
    "攜携擺摆搖摇攤摊敵敌數数齋斋鬥斗斬斩斷断無无舊旧時时曠旷曉晓顯显晉晋曬晒暈晕暫暂術术機机殺杀雜杂權权條条來来楊杨"
    "極极構构槍枪標标棧栈棟栋欄栏樹树樣样檔档橋桥樁桩夢梦檢检樓楼歡欢歐欧殘残毀毁畢毕氣气漢汉湯汤溝沟沒没淚泪澤泽潔洁"
    "淺浅漿浆測测濟济瀏浏濃浓濤涛渦涡渙涣潤润漲涨滲渗溫温遊游灣湾濕湿滿满濾滤濫滥滯滞災灾爐炉點点煉炼爍烁爛烂煩烦燒烧"
    "熱热愛爱爺爷牽牵犧牺狀状獨独狹狭獄狱獲获獵猎瑪玛環环現现瑣琐電电畫画暢畅療疗瘋疯癢痒監监蓋盖盤盘著着睏困矚瞩礦矿"
    "碼码磚砖確确礎础禮礼禍祸離离禿秃種种積积稱称穩稳窮穷竊窃競竞筆笔築筑簽签簡简篩筛籌筹類类糧粮糾纠紅红約约級级紀纪"
    "純纯紗纱納纳縱纵紛纷紙纸紋纹紡纺線线練练組组細细織织終终紹绍經经綁绑結结繞绕繪绘給给絡络絕绝統统繼继績绩緒绪續续"
    "維维綿绵綜综綠绿緩缓編编緣缘縮缩網网羅罗罰罚職职聯联聰聪聽听肅肃腸肠膚肤腎肾腫肿脹胀脅胁膽胆腦脑臉脸臟脏艦舰藝艺"
    "節节蘆芦蘇苏蘋苹範范莖茎薦荐榮荣藥药莊庄營营薩萨藍蓝虛虚蟲虫蝦虾術术補补襲袭裝装見见觀观規规視视覽览覺觉觸触計计"
    "訂订認认討讨讓让訓训議议訊讯記记講讲許许論论設设訪访證证評评識识詐诈訴诉診诊詞词譯译試试詩诗誠诚話话詢询該该詳详"
    "語语誤误說说請请諸诸讀读課课誰谁調调談谈謀谋諧谐謂谓謝谢謹谨譜谱貝贝負负貢贡財财責责賢贤敗败貨货質质販贩貪贪購购"
    "貫贯貸贷貿贸費费賀贺資资賭赌賞赏賜赐賠赔賴赖賺赚賽赛贊赞贏赢趙赵趕赶趨趋躍跃踐践蹤踪車车軌轨軟软轉转輪轮輕轻載载"
    "較较輔辅輛辆輩辈輝辉輸输轄辖辭辞邊边遼辽達达遷迁過过邁迈運运還还這这進进遠远違违連连遲迟適适選选遜逊遞递邏逻遺遗"
    "鄧邓鄭郑鄰邻醬酱釋释裡里鑒鉴針针釘钉鈔钞鋼钢鑰钥鈴铃鉑铂鉤钩鐵铁銅铜銀银鋪铺鏈链銷销鎖锁鋒锋錯错錢钱錦锦鍵键鍛锻"
    "鏡镜鐘钟鐘钟長长門门閃闪閉闭問问闖闯間间閒闲聞闻閱阅闊阔隊队陽阳陰阴陣阵階阶際际陸陆陳陈險险隨随隱隐難难雞鸡電电"
    "霧雾靈灵靜静韓韩頁页頂顶項项順顺須须預预領领頻频題题額额顏颜顧顾風风飛飞飯饭飲饮飾饰館馆饑饥駕驾駛驶駐驻驗验騙骗"
    "騰腾驅驱驕骄魚鱼魯鲁鮮鲜鯨鲸鳥鸟鴻鸿麥麦黃黄齊齐齒齿龍龙龜龟嘅的係是喺在佢他唔不冇没咗了哋们畀给睇看嚟来啲些攞拿"
)
SIMPLIFIED: Mapping[int, str] = MappingProxyType(
    {
        ord(_CHARACTER_PAIRS[at]): _CHARACTER_PAIRS[at + 1]
        for at in range(0, len(_CHARACTER_PAIRS), 2)
        if _CHARACTER_PAIRS[at] != _CHARACTER_PAIRS[at + 1]
    }
)

ALIASES: Mapping[str, str] = MappingProxyType(
    dict(
        pair.split(":")
        for pair in (
            "谷歌:google 微软:microsoft 苹果:apple 亚马逊:amazon 脸书:facebook 英伟达:nvidia 辉达:nvidia "
            "甲骨文:oracle 阿里:alibaba 腾讯:tencent 百度:baidu 字节跳动:bytedance 字节:bytedance 快手:kuaishou "
            "可灵:kling 抖音:douyin 小红书:xiaohongshu 微信:wechat 华为:huawei 小米:xiaomi 京东:jd "
            "拼多多:pinduoduo 美团:meituan 月之暗面:moonshot 通义:qwen 豆包:doubao 即梦:dreamina 台积电:tsmc "
            "三星:samsung 索尼:sony 软银:softbank 高盛:goldman 黑石:blackstone 特斯拉:tesla 马斯克:musk "
            "特朗普:trump 奥特曼:altman 奥尔特曼:altman 黄仁勋:huang 欧盟:eu 欧洲:europe 英国:uk 美国:us "
            "日本:japan 韩国:korea 印度:india 德国:german 法国:france 中国:china 纽约:york 加州:california "
            "白宫:white 可口可乐:coca 麦当劳:mcdonald 耐克:nike 沃尔玛:walmart 迪士尼:disney 奈飞:netflix "
            "彭博:bloomberg 路透:reuter 推特:twitter 领英:linkedin 世界人工智能大会:waic Яндекс:yandex "
            "Авито:avito ВКонтакте:vk Вконтакте:vk МАКС:max Макс:max Телеграм:telegram Озон:ozon "
            "Вайлдберриз:wildberri Гугл:google Сбер:sber МТС:mts Дзен:dzen РСЯ:rsya Директ:direct Метрик:metrika"
        ).split()
    )
)

# Words of the trade in Chinese and Russian, so that an English report and theirs share more than names.
TRADE_WORDS: Mapping[str, str] = MappingProxyType(
    dict(
        pair.split(":")
        for pair in (
            "广告:ads 广告主:advertisers 搜索:search 搜寻:search 搜尋:search 模型:model 开源:open 芯片:chip "
            "晶片:chip 数据:data 数据中心:data-center 资料库:database 视频:video 影片:video 图像:image "
            "图片:image 语音:voice 音频:audio 代理:agent 智能体:agent 助手:assistant 机器人:robot 用户:users "
            "订阅:subscription 免费:free 付费:paid 降价:cut 加价:price 定价:price 价格:price 融资:raises "
            "估值:valuation 收购:acquire 并购:merger 合并:merge 入股:stake 投资:invest 上市:ipo 裁员:layoffs "
            "财报:earnings 收入:revenue 营收:revenue 利润:profit 起诉:sues 诉讼:lawsuit 控告:sues 法院:court "
            "法官:judge 裁定:ruling 罚款:fine 反垄断:antitrust 监管:regulation 法案:act 立法:law 隐私:privacy "
            "私隐:privacy 版权:copyright 安全:security 漏洞:vulnerability 入侵:hack 黑客:hacker 外泄:leak "
            "沙盒:sandbox 评测:benchmark 基准:benchmark 测试:test 研究:study 报告:report 调查:survey "
            "开发者:developers 代码:code 编程:coding 插件:plugin 浏览器:browser 手机:phone 电脑:computer "
            "硬件:hardware 设备:device 眼镜:glasses 喇叭:speaker 音箱:speaker 电商:commerce 购物:shopping "
            "零售:retail 支付:payment 品牌:brand 营销:marketing 行销:marketing 创作者:creator 网红:influencer "
            "社交:social 直播:live 电视:tv 串流:streaming 出版商:publishers 媒体:media 新闻:news 内容:content "
            "标签:label 披露:disclosure 透明:transparency 生成:generate 企业:enterprise 员工:employees "
            "教育:education 医疗:health 健康:health 科学:science 政府:government 白宫:white-house 国会:congress "
            "委员会:commission 标准:standards 协议:protocol 接口:api 上下文:context 参数:parameter 算力:compute "
            "云端:cloud 云:cloud 数据分析:analytics 分析:analytics 追踪:tracking 转化:conversion 点击:click "
            "流量:traffic 排名:ranking 更新:update 升级:upgrade 推出:launches 发布:releases 上线:launch "
            "测试版:beta 预览:preview 整合:integrates 合作:partnership 伙伴:partner 关闭:shut 停用:deprecate "
            "弃用:deprecate 迁移:migration 强制:mandatory 延迟:delay 推迟:delay 暂停:pause 叫停:halt 禁止:ban "
            "限制:restrict 取代:replace 删除:delete 新增:adds 扩展:expand 全球:global 破纪录:record 首个:first "
            "负现金流:negative-cash-flow 记忆:memory 工具:tools 平台:platform 应用:app 地图:maps 邮件:email "
            "会议:meeting 设计:design реклам:ads поиск:search видео:video бюджет:budget конверс:conversion "
            "канал:channel подписк:subscription"
        ).split()
    )
)

# Words that say what happened, in the languages that are read. The first kind that a title names is its kind.
EVENT_PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "acquisition": r"acqui\w+|buys?\b|bought|takeover|merge\w*|stake in|收购|并购|合并|入股|купил\w*|приобр\w+",
        "funding": r"rais(?:es|ed|ing)\b|funding|series [a-f]\b|valuation|valued at|seed round|融资|估值|"
        r"领投|инвестиц\w+",
        "ipo": r"\bipo\b|goes public|s-1\b|上市|分拆",
        "layoffs": r"lay(?:s|ing)? ?offs?|laid off|job cuts|裁员|裁减|削减.{0,6}职|увольн\w+",
        "people": r"\bhires?\b|appoint\w*|resign\w*|steps? down|joins? as|new ceo|辞职|离职|换人|任命|назнач\w+",
        "results": r"\bq[1-4]\b|earnings|quarterly|revenue|财报|季度|营收|收入|выручк\w+",
        "lawsuit": r"\bsu(?:es|ed|ing)\b|lawsuit|class action|court|judge|ruling|antitrust|起诉|诉讼|法院|"
        r"裁定|反垄断|控告|\bсуд\w*",
        "rule": r"\bact\b|regulat\w+|\blaws?\b|commission|\bban(?:s|ned)?\b|监管|法案|立法|条例|委员会|"
        r"закон\w*|штраф\w*",
        "pricing": r"pric(?:e|es|ing)\b|surcharge|\bfees?\b|cheaper|降价|加价|定价|附加费|收费|费用|тариф\w*|"
        r"комисси\w+|кешб\w+",
        "end": r"sunset\w*|shut(?:s|ting)? down|discontinu\w+|deprecat\w+|retir\w+|end of|关闭|停用|弃用|"
        r"下线|закрыва\w*|прекращ\w+",
        "incident": r"hack\w*|breach\w*|leak\w*|escap\w+|outage|vulnerab\w+|incident|bug\b|入侵|黑客|外泄|"
        r"漏洞|沙盒|взлом\w*",
        "delay": r"delay\w*|postpon\w+|paus(?:e|es|ed|ing)\b|推迟|延迟|暂停|叫停|отлож\w+",
        "study": r"stud(?:y|ies)\b|survey\w*|research\b|report\b|benchmark\w*|data shows|analysis|研究|"
        r"报告|调查|评测|исследован\w+",
        "talks": r"in talks|reportedly|rumou?r\w*|plans? to|considering|洽谈|据报|传闻|商讨|拟",
        "test": r"\btest(?:s|ing|ed)?\b|pilot\w*|experiment\w*|测试|试点|тестир\w+",
        "open": r"open[- ]?(?:source|weight)\w*|开源|开放权重",
        "partner": r"partner\w*|alliance|collaborat\w+|合作|伙伴|联合|партн[её]р\w*",
        "launch": r"launch\w*|introduc\w+|announc\w+|unveil\w*|releas\w+|rolls? out|rolling out|debut\w*|"
        r"推出|发布|上线|登场|запуст\w+|появил\w+|представ\w+|добавил\w+",
    }
)
