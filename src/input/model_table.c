/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a population model may say. */
#include "input/model.h"

const struct word model_chronic_words[MODEL_CHRONIC] = {
    { "hypertension", "hypertension", "高血压" },
    { "diabetes", "diabetes", "糖尿病" },
    { "psychiatric", "psychiatric disease", "精神病" },
    { "chd", "coronary heart disease", "冠心病" },
    { "copd", "chronic obstructive lung disease", "慢阻肺" },
    { "arthritis", "rheumatoid arthritis", "类风湿关节炎" },
};

const struct word model_special_words[MODEL_SPECIAL] = {
    { "renal_failure", "renal failure", "慢性肾功能衰竭" },
    { "severe_psychosis", "severe psychosis", "重性精神病" },
    { "cancer", "cancer", "恶性肿瘤" },
    { "transplant", "after transplantation", "器官移植术后" },
    { "haemophilia", "haemophilia", "血友病" },
    { "lupus", "systemic lupus", "系统性红斑狼疮" },
};

const struct word evidence_words[EVIDENCE_COUNT] = {
    { "found", "found in a publication", "见于公开资料" },
    { "derived", "derived from what was found", "由公开资料推算" },
    { "recalled", "recalled, not looked up", "凭记忆，未核对" },
    { "assumed", "assumed", "假设" },
};

const struct word behaviour_words[BEHAVIOUR_COUNT] = {
    { "off", "off", "关闭" },
    { "low", "low", "低" },
    { "central", "central", "中" },
    { "high", "high", "高" },
};

static const struct word no_yes_words[] = {
    { "no", "no", "否" },
    { "yes", "yes", "是" },
};

static const struct word frequency_words[] = {
    { "poisson", "Poisson", "泊松" },
    { "negative_binomial", "negative binomial", "负二项" },
};

static const struct word severity_words[] = {
    { "lognormal", "lognormal", "对数正态" },
    { "gamma", "gamma", "伽马" },
};

#define BIT(x) (1U << (x))
#define STATUS BIT(MODEL_BY_STATUS)
#define SECTOR BIT(MODEL_BY_SECTOR)
#define CHRONIC BIT(MODEL_BY_CHRONIC)
#define SPECIAL BIT(MODEL_BY_SPECIAL)
#define AGE BIT(MODEL_BY_AGE)
#define YEAR BIT(MODEL_BY_YEAR)
#define PROVIDER BIT(MODEL_BY_PROVIDER)
#define CHANNEL BIT(MODEL_BY_CHANNEL)
#define MONTH BIT(MODEL_BY_MONTH)

#define OF_CHRONIC BIT(BENEFIT_CHRONIC)
#define OF_SPECIAL BIT(BENEFIT_SPECIAL)
#define OF_INPATIENT BIT(BENEFIT_INPATIENT)
#define OF_DRUG BIT(BENEFIT_NEGOTIATED_DRUG)
#define OF_ALL (BIT(BENEFIT_COUNT) - 1)
#define OF_PERSONS (OF_ALL & ~(OF_CHRONIC | OF_SPECIAL)) /* not by disease */

#define YUAN "yuan", "元"
#define A_MONTH "yuan a month", "元/月"
#define OF_ONE "", ""
#define YEARS "years", "岁"
#define A_YEAR "claims a person and year", "人次/人年"
#define PURE "", ""
#define PER_YEAR "a year", "每年"
#define AN_INSURED "yuan an insured", "元/参保人"
#define DEVIATION "standard deviation", "标准差"
#define BIRTH_MONTHS "months", "个月"
#define SPREAD "standard deviation over mean", "变异系数"
#define LOG_YUAN "of yuan", "元的对数"

/* A parameter that differs by disease in two sections, and by neither elsewhere. */
#define BY_DISEASE(key, kind, more, low, high, fallback, flags, unit, en, zh)                      \
    { key, OF_PERSONS, kind, more, low, high, fallback, flags, unit, en, zh, NULL, 0 },            \
    { key, OF_CHRONIC, kind, CHRONIC | ((more) & ~STATUS), low, high, fallback, flags, unit, en,   \
        zh, NULL, 0 },                                                                             \
    { key, OF_SPECIAL, kind, SPECIAL | ((more) & ~STATUS), low, high, fallback, flags, unit, en,   \
        zh, NULL, 0 }

#define DELAY(who, en, zh)                                                                         \
    { "retirement." who "_step", 0, MODEL_WHOLE, 0, 0, 120, 0, 0, BIRTH_MONTHS,                    \
        "a month later for every so many months of retiring later: " en "; 0: no delay",           \
        "每延后这么多个月到龄，退休推迟 1 个月（" zh "）；0 表示不延迟", NULL, 0 },                 \
    { "retirement." who "_most", 0, MODEL_WHOLE, 0, 0, 240, 0, 0, BIRTH_MONTHS,                    \
        "longest delay of " en, "最多推迟（" zh "）", NULL, 0 }

const struct model_descriptor model_descriptors[] = {
    { "population.insured", 0, MODEL_WHOLE, 0, 1, 2e9, 1, MODEL_NEEDED, "persons", "人",
        "insured persons that the model stands for", "模型所代表的参保人数", NULL, 0 },
    { "population.retiree_share", 0, MODEL_SHARE, 0, 0, 1, 0, 0, OF_ONE,
        "retirees among the insured", "退休人员占参保人数的比例", NULL, 0 },
    { "population.flexible_share", 0, MODEL_SHARE, 0, 0, 1, 0, 0, OF_ONE,
        "flexible members among the insured", "灵活就业人员占参保人数的比例", NULL, 0 },
    { "population.public_share", 0, MODEL_SHARE, STATUS, 0, 1, 0, 0, OF_ONE,
        "public sector among employees or retirees", "机关事业单位人员所占比例", NULL, 0 },
    { "population.female_share", 0, MODEL_SHARE, STATUS, 0, 1, 0.5, 0, OF_ONE,
        "women, at ages at which both sexes can hold the status", "女性比例（男女均可具有该身份的年龄）",
        NULL, 0 },
    { "population.age_active", 0, MODEL_NUMBER, AGE, 0, 1e9, 0, MODEL_WEIGHTS, "weight of the band",
        "年龄段权重", "ages of employees and flexible members on 1 January; the last band ends with 0",
        "在职和灵活就业人员1月1日的年龄结构，末段之后写 0", NULL, 0 },
    { "population.age_retired", 0, MODEL_NUMBER, AGE, 0, 1e9, 0, MODEL_WEIGHTS, "weight of the band",
        "年龄段权重", "ages of retirees on 1 January; the last band ends with 0",
        "退休人员1月1日的年龄结构，末段之后写 0", NULL, 0 },
    { "population.insured_growth", 0, MODEL_NUMBER, YEAR, -0.5, 0.5, 0, MODEL_MAY_LACK, PER_YEAR,
        "growth of the insured number into the year; without it the number stays what it is",
        "当年参保人数比上年增长（不写则人数不变）", NULL, 0 },
    { "population.entry_age", 0, MODEL_NUMBER, AGE, 0, 1e9, 0, MODEL_WEIGHTS, "weight of the band",
        "年龄段权重", "ages of those who come for the ones who died or left; the last band ends with 0",
        "补充死亡、离开者的新参保人年龄结构，末段之后写 0", NULL, 0 },
    { "mortality.male", 0, MODEL_SHARE, 0, 0, 0.5, 0, 0, PER_YEAR,
        "men's force of mortality at 60", "男性 60 岁死亡力", NULL, 0 },
    { "mortality.male_slope", 0, MODEL_NUMBER, 0, 0, 0.3, 0.1, 0, "of its logarithm a year of age",
        "每岁对数增量", "its growth by age (Gompertz)", "死亡力随年龄增长（Gompertz）", NULL, 0 },
    { "mortality.female", 0, MODEL_SHARE, 0, 0, 0.5, 0, 0, PER_YEAR,
        "women's force of mortality at 60", "女性 60 岁死亡力", NULL, 0 },
    { "mortality.female_slope", 0, MODEL_NUMBER, 0, 0, 0.3, 0.1, 0, "of its logarithm a year of age",
        "每岁对数增量", "its growth by age (Gompertz)", "死亡力随年龄增长（Gompertz）", NULL, 0 },
    { "mortality.multiplier", 0, MODEL_NUMBER, 0, 0, 10, 1, 0, "times", "倍",
        "times the force of mortality", "死亡力的倍数", NULL, 0 },
    { "insured.exit_share", 0, MODEL_SHARE, STATUS | AGE, 0, 0.5, 0, 0, "share a year", "每年比例",
        "leave the scheme for good", "永久离开本制度", NULL, 0 },
    { "retirement.delay_from", 0, MODEL_WHOLE, 0, 0, MODEL_LAST_YEAR, 0, 0, "year", "年",
        "from January of this year retirement is delayed step by step; 0: it is not",
        "自该年 1 月起渐进式延迟退休；0 表示不延迟", NULL, 0 },
    DELAY("male", "men", "男性"),
    DELAY("female_public", "women of the public sector", "机关事业单位女性"),
    DELAY("female_enterprise", "women of enterprises", "企业女性"),
    DELAY("female_flexible", "flexible women", "灵活就业女性"),
    { "retirement.male", 0, MODEL_WHOLE, 0, 40, 80, 60, 0, YEARS, "men retire at", "男性退休年龄", NULL, 0 },
    { "retirement.female_public", 0, MODEL_WHOLE, 0, 40, 80, 55, 0, YEARS,
        "women of the public sector retire at", "机关事业单位女性退休年龄", NULL, 0 },
    { "retirement.female_enterprise", 0, MODEL_WHOLE, 0, 40, 80, 50, 0, YEARS,
        "women of enterprises retire at", "企业女性退休年龄", NULL, 0 },
    { "retirement.female_flexible", 0, MODEL_WHOLE, 0, 40, 80, 55, 0, YEARS,
        "flexible women retire at", "灵活就业女性退休年龄", NULL, 0 },
    { "wages.reference", 0, MODEL_YUAN, 0, 100, 1e6, 5000, MODEL_NEEDED, A_MONTH,
        "reference wage of the contribution base", "缴费基数所依据的平均工资", NULL, 0 },
    { "wages.ratio", 0, MODEL_NUMBER, STATUS, 0.05, 20, 1, 0, "of the reference wage", "相对平均工资",
        "mean wage before floor and ceiling", "工资均值（未作上下限处理）", NULL, 0 },
    { "wages.sigma", 0, MODEL_NUMBER, 0, 0, 3, 0, 0, "of the logarithm", "对数标准差",
        "spread of wages (lognormal)", "工资离散程度（对数正态）", NULL, 0 },
    { "wages.floor", 0, MODEL_NUMBER, 0, 0, 1, 0.6, 0, "of the reference wage", "相对平均工资",
        "lowest contribution base", "缴费基数下限", NULL, 0 },
    { "wages.ceiling", 0, MODEL_NUMBER, 0, 1, 20, 3, 0, "of the reference wage", "相对平均工资",
        "highest contribution base", "缴费基数上限", NULL, 0 },
    { "wages.growth", 0, MODEL_NUMBER, YEAR, -0.5, 1, 0, MODEL_MAY_LACK, PER_YEAR,
        "growth of the reference wage and of wages into the year", "当年平均工资比上年增长", NULL, 0 },
    { "pensions.growth", 0, MODEL_NUMBER, YEAR, -0.5, 1, 0, MODEL_MAY_LACK, PER_YEAR,
        "growth of basic pensions into the year", "当年基本养老金比上年增长", NULL, 0 },
    { "pensions.mean", 0, MODEL_YUAN, SECTOR, 0, 1e6, 0, 0, A_MONTH, "mean basic pension",
        "人均基本养老金", NULL, 0 },
    { "account.months", 0, MODEL_NUMBER, STATUS, 0, 1200, 0, 0, "months", "个月",
        "opening balance in months of credits", "期初余额相当于几个月的划入", NULL, 0 },
    { "account.rate", 0, MODEL_SHARE, STATUS, 0, 0.2, 0, 0, OF_ONE,
        "monthly credit before, of the base or the pension", "此前每月划入占基数或养老金的比例", NULL, 0 },
    { "account.cv", 0, MODEL_NUMBER, 0, 0, 10, 0, 0, "standard deviation over mean", "变异系数",
        "spread of opening balances (lognormal)", "期初余额离散程度（对数正态）", NULL, 0 },
    { "account.empty_share", 0, MODEL_SHARE, STATUS, 0, 1, 0, 0, OF_ONE, "accounts that open empty",
        "期初余额为零的比例", NULL, 0 },
    { "insured.joining_share", 0, MODEL_SHARE, STATUS, 0, 1, 0, 0, "share a year", "每年比例",
        "join on the first of a month within the year", "年内某月初参保", NULL, 0 },
    { "insured.leaving_share", 0, MODEL_SHARE, STATUS, 0, 1, 0, 0, "share a year", "每年比例",
        "leave on the last of a month within the year", "年内某月末停保", NULL, 0 },
    { "insured.arrears_share", 0, MODEL_SHARE, STATUS, 0, 1, 0, 0, "share a year", "每年比例",
        "have months without contributions", "年内有欠缴月份", NULL, 0 },
    { "insured.arrears_months", 0, MODEL_WHOLE, 0, 1, 12, 3, 0, "months", "个月",
        "longest run of months in arrears", "连续欠缴最长月数", NULL, 0 },
    { "health.persistence", 0, MODEL_NUMBER, 0, 0, 1, 0, 0, "correlation", "相关系数",
        "of a person's health rank from year to year", "个人健康排位逐年相关", NULL, 0 },
    { "health.cost_persistence", 0, MODEL_NUMBER, 0, 0, 1, 0, 0, "correlation", "相关系数",
        "of a person's cost level from year to year", "个人费用水平逐年相关", NULL, 0 },
    { "health.cost_correlation", 0, MODEL_NUMBER, 0, -1, 1, 0, 0, "correlation", "相关系数",
        "of health rank and cost level", "健康排位与费用水平相关", NULL, 0 },
    { "health.disease_loading", 0, MODEL_NUMBER, 0, -1, 1, 0, 0, "correlation", "相关系数",
        "of health rank and being registered with a disease", "健康排位与慢特病登记相关", NULL, 0 },
    { "place.settled_share", 0, MODEL_SHARE, STATUS, 0, 1, 0, 0, OF_ONE,
        "live elsewhere for good (settled)", "异地长期居住", NULL, 0 },
    { "household.couple_share", 0, MODEL_SHARE, 0, 0, 1, 0, 0, OF_ONE,
        "seek a spouse among the insured near them", "在参保人中有配偶可配", NULL, 0 },
    { "household.child_share", 0, MODEL_SHARE, 0, 0, 1, 0, 0, OF_ONE,
        "the younger who seek parents among the insured near them", "年轻人在参保人中有父母可配", NULL, 0 },
    { "ltc.share", 0, MODEL_SHARE, AGE, 0, 1, 0, 0, OF_ONE,
        "have a period of specialised long-term care", "有一段专护期", NULL, 0 },
    { "ltc.days", 0, MODEL_WHOLE, 0, 1, 7300, 365, 0, "days", "天", "its mean length", "专护期平均天数",
        NULL, 0 },
    { "prices.factor", 0, MODEL_NUMBER, 0, 0.01, 100, 1, 0, "times", "倍",
        "all costs, against the section's own", "全部费用的倍数", NULL, 0 },

    { "fund.opening_balance", 0, MODEL_YUAN, YEAR, 0, 1e6, 0, MODEL_MAY_LACK, AN_INSURED,
        "pooled fund's balance on 1 January of the year, its reserve included; a run begins with "
        "its first year's",
        "统筹基金当年1月1日结余（含风险储备金）；运行从其首年的数开始", NULL, 0 },
    { "fund.reserve_balance", 0, MODEL_YUAN, YEAR, 0, 1e6, 0, MODEL_MAY_LACK, AN_INSURED,
        "of it in the reserve of a city with pooling rules", "其中：实行市级统筹的风险储备金", NULL, 0 },
    { "fund.pooled_share", 0, MODEL_SHARE, 0, 0, 1, 0, 0, OF_ONE,
        "of the rest in the city's pool, where there are pooling rules; what is left is the "
        "counties' own",
        "其余结余中已归市级的部分（实行市级统筹时），余下为各县区自有", NULL, 0 },
    { "fund.interest", 0, MODEL_SHARE, YEAR, 0, 0.2, 0, MODEL_MAY_LACK, PER_YEAR,
        "interest on a positive opening balance, credited at the year's end",
        "对年初正结余所计的利率，年末入账", NULL, 0 },
    { "fund.subsidy", 0, MODEL_YUAN, YEAR, 0, 1e5, 0, MODEL_MAY_LACK, AN_INSURED,
        "subsidies to the pooled fund in the year", "当年财政补贴", NULL, 0 },
    { "fund.other_income", 0, MODEL_YUAN, YEAR, 0, 1e5, 0, MODEL_MAY_LACK, AN_INSURED,
        "other income of the pooled fund in the year", "当年统筹基金其他收入", NULL, 0 },
    { "fund.other_outgo", 0, MODEL_YUAN, YEAR, 0, 1e5, 0, MODEL_MAY_LACK, AN_INSURED,
        "outgo of the pooled fund in the year that no claim shows", "当年不经就诊结算的统筹基金支出", NULL, 0 },
    { "fund.budget_growth", 0, MODEL_NUMBER, YEAR, -0.5, 1, 0, MODEL_MAY_LACK, PER_YEAR,
        "counties' budgets of the year against the year before's actual figures",
        "县区当年收支预算比上年实际数增长", NULL, 0 },
    { "fund.own_gap_share", 0, MODEL_SHARE, 0, 0, 1, 0, 0, OF_ONE,
        "of a county's gap, caused by the county itself", "县区缺口中由自身原因造成的部分", NULL, 0 },
    { "fund.plan_fulfilled", 0, MODEL_CHOICE, 0, 0, 1, 1, 0, PURE,
        "counties fulfil their plans of income and outgo", "县区完成收支计划", no_yes_words, 2 },

    { "shocks.wages", 0, MODEL_NUMBER, 0, 0, 0.5, 0, 0, DEVIATION,
        "how far a year's growth of wages strays from the path, in worlds of --uncertainty",
        "工资年增长偏离路径的程度（--uncertainty 的各情景中）", NULL, 0 },
    { "shocks.frequency", 0, MODEL_NUMBER, 0, 0, 0.5, 0, 0, DEVIATION,
        "likewise of the numbers of claims, all benefits alike", "就诊次数年增长，各类待遇相同", NULL, 0 },
    { "shocks.cost", 0, MODEL_NUMBER, 0, 0, 0.5, 0, 0, DEVIATION,
        "likewise of the cost of a claim, all benefits alike", "次均费用年增长，各类待遇相同", NULL, 0 },
    { "shocks.insured", 0, MODEL_NUMBER, 0, 0, 0.5, 0, 0, DEVIATION,
        "likewise of the insured number", "参保人数年增长", NULL, 0 },
    { "shocks.persistence", 0, MODEL_NUMBER, 0, 0, 0.99, 0, 0, "correlation", "相关系数",
        "of a shock from year to year", "冲击逐年相关", NULL, 0 },

    { "behaviour.level", 0, MODEL_CHOICE, 0, 0, BEHAVIOUR_COUNT - 1, BEHAVIOUR_OFF, 0, PURE,
        "level of a run that states none", "未指明时的行为反应强度", behaviour_words, BEHAVIOUR_COUNT },
    { "behaviour.elasticity", 0, MODEL_NUMBER, 0, -3, 0, 0, 0, PURE,
        "elasticity of outpatient visits to their price; low and high are the ends of its prior",
        "门诊次数对自付价格的弹性；prior 两端即低、高两档", NULL, 0 },
    { "behaviour.account_weight", 0, MODEL_SHARE, 0, 0, 1, 1, 0, "of cash", "相对现金",
        "what account money weighs in the price", "个人账户的钱在价格中的权重", NULL, 0 },
    { "behaviour.foresight", 0, MODEL_SHARE, 0, 0, 1, 0, 0, OF_ONE,
        "what the price past a year's deductible weighs in the price of a visit before it is met",
        "年度起付标准未满时，满后的价格在本次就医价格中的权重", NULL, 0 },
    { "behaviour.reference_price", 0, MODEL_NUMBER, YEAR, 0.01, 1, 1, 0, "of the cost", "相对费用",
        "price at which the year's visits of this model were observed", "本模型当年就诊次数所对应的价格",
        NULL, 0 },
    { "behaviour.largest_factor", 0, MODEL_NUMBER, 0, 1, 10, 2, 0, "times", "倍",
        "most that a low price multiplies visits by", "低价使就诊次数增加的最大倍数", NULL, 0 },
    { "behaviour.primary_shift", 0, MODEL_NUMBER, 0, 0, 10, 0, 0,
        "points a ten points", "百分点/十个百分点",
        "primary care's share of visits rises with the ratio gap between primary care and hospitals",
        "基层与医院支付比例每差十个百分点，基层就诊占比提高", NULL, 0 },
    { "behaviour.reference_gap", 0, MODEL_NUMBER, 0, -1, 1, 0, 0, "of ratios", "支付比例之差",
        "gap at which the shares by provider class were observed", "本模型机构分布所对应的比例差", NULL, 0 },
    { "behaviour.inpatient_substitution", 0, MODEL_NUMBER, 0, -1, 0, 0, 0, "relative", "相对变化",
        "change of stays where general outpatient care is paid at substitution_ratio or more",
        "普通门诊支付比例达到 substitution_ratio 时住院次数的相对变化", NULL, 0 },
    { "behaviour.substitution_ratio", 0, MODEL_NUMBER, 0, 0.01, 1, 0.6, 0, OF_ONE,
        "outpatient ratio that inpatient_substitution is for", "inpatient_substitution 所对应的门诊支付比例",
        NULL, 0 },

    { "frequency.family", OF_ALL, MODEL_CHOICE, 0, 0, 1, FREQUENCY_POISSON, 0, PURE,
        "distribution of a person's number of claims in a year", "每人每年就诊次数的分布",
        frequency_words, 2 },
    BY_DISEASE("frequency.mean", MODEL_NUMBER, STATUS, 0, 365, 0, MODEL_MAY_LACK, A_YEAR, "mean number of claims",
        "平均次数"),
    BY_DISEASE("frequency.size", MODEL_NUMBER, STATUS, 0.001, 1e6, 1, 0, PURE,
        "size of the negative binomial: variance = mean + mean² / size", "负二项的 size 参数"),
    { "frequency.age", OF_PERSONS, MODEL_NUMBER, AGE, 0, 1e3, 1, 0, "relative", "相对值",
        "age profile; the means by status stay what they are", "年龄曲线（不改变各身份的均值）", NULL, 0 },
    { "frequency.scale", OF_ALL, MODEL_NUMBER, 0, 0, 100, 1, 0, "times", "倍", "times the mean",
        "均值的倍数", NULL, 0 },
    { "frequency.growth", OF_ALL, MODEL_NUMBER, YEAR, -0.9, 1, 0, MODEL_MAY_LACK, PER_YEAR,
        "growth of the mean into the year, at the same age and status",
        "当年平均次数比上年增长（年龄、身份不变时）", NULL, 0 },
    { "frequency.loading", OF_ALL, MODEL_NUMBER, 0, -1, 1, 0, 0, "correlation", "相关系数",
        "of the number's rank and the health rank", "次数排位与健康排位相关", NULL, 0 },
    { "registered", OF_CHRONIC, MODEL_SHARE, CHRONIC | AGE, 0, 1, 0, 0, OF_ONE,
        "registered with the disease", "已登记该病种的比例", NULL, 0 },
    { "registered", OF_SPECIAL, MODEL_SHARE, SPECIAL | AGE, 0, 1, 0, 0, OF_ONE,
        "registered with the disease", "已登记该病种的比例", NULL, 0 },
    { "cost.family", OF_ALL, MODEL_CHOICE, 0, 0, 1, SEVERITY_LOGNORMAL, 0, PURE,
        "distribution of the cost of a claim", "次均费用的分布", severity_words, 2 },
    BY_DISEASE("cost.mean", MODEL_YUAN, PROVIDER, 0, 1e7, 0, MODEL_MAY_LACK, YUAN, "mean cost of a claim", "次均费用"),
    BY_DISEASE("cost.cv", MODEL_NUMBER, PROVIDER, 0, 20, 0, 0, SPREAD,
        "spread from claim to claim", "各次之间的离散程度"),
    BY_DISEASE("cost.meanlog", MODEL_NUMBER, PROVIDER, -20, 20, 0, 0, LOG_YUAN,
        "lognormal: mean of the logarithm", "对数正态：对数均值"),
    BY_DISEASE("cost.sdlog", MODEL_NUMBER, PROVIDER, 0, 4, 0, 0, PURE,
        "lognormal: standard deviation of the logarithm", "对数正态：对数标准差"),
    BY_DISEASE("cost.shape", MODEL_NUMBER, PROVIDER, 0.01, 1e5, 1, 0, PURE, "gamma: shape", "伽马：形状"),
    BY_DISEASE("cost.scale", MODEL_NUMBER, PROVIDER, 1e-6, 1e7, 1, 0, YUAN, "gamma: scale", "伽马：尺度"),
    { "cost.person_sigma", OF_ALL, MODEL_NUMBER, 0, 0, 3, 0, 0, "of the logarithm", "对数标准差",
        "spread of cost levels between persons, mean 1", "人与人之间费用水平的离散（均值为 1）", NULL, 0 },
    { "cost.factor", OF_ALL, MODEL_NUMBER, 0, 0.001, 1000, 1, 0, "times", "倍", "times the cost",
        "费用的倍数", NULL, 0 },
    { "cost.growth", OF_ALL, MODEL_NUMBER, YEAR, -0.9, 1, 0, MODEL_MAY_LACK, PER_YEAR,
        "growth of the cost of a claim into the year", "当年次均费用比上年增长", NULL, 0 },
    { "provider.share", OF_ALL, MODEL_SHARE, AGE | PROVIDER, 0, 1, 0, MODEL_SUMS_TO_ONE, OF_ONE,
        "provider class at home", "本地就诊的机构类别", NULL, 0 },
    { "provider.away", OF_ALL, MODEL_SHARE, PROVIDER, 0, 1, 0, MODEL_SUMS_TO_ONE, OF_ONE,
        "provider class of temporary and referred care; as at home where not given",
        "临时外出和转诊的机构类别（未写则同本地）", NULL, 0 },
    { "place.temporary", OF_ALL, MODEL_SHARE, 0, 0, 1, 0, 0, OF_ONE, "claims while temporarily elsewhere",
        "临时外出就医", NULL, 0 },
    { "place.referred", OF_ALL, MODEL_SHARE, 0, 0, 1, 0, 0, OF_ONE, "claims after referral elsewhere",
        "转诊就医", NULL, 0 },
    { "channel.share", OF_ALL, MODEL_SHARE, CHANNEL, 0, 1, 0, MODEL_SUMS_TO_ONE, OF_ONE,
        "channel; institutions only where not given", "渠道（未写则全为定点机构）", NULL, 0 },
    { "designated.share", OF_ALL, MODEL_SHARE, PROVIDER, 0, 1, 1, 0, OF_ONE,
        "claims at designated institutions", "在定点机构就诊", NULL, 0 },
    { "may_admit.share", OF_ALL, MODEL_SHARE, PROVIDER, 0, 1, 1, 0, OF_ONE,
        "institutions that may admit patients", "机构具备住院资质", NULL, 0 },
    { "eligible.share", OF_ALL, MODEL_SHARE, PROVIDER, 0, 1, 1, 0, OF_ONE,
        "eligible part of the cost, mean", "政策范围内费用占比均值", NULL, 0 },
    { "eligible.spread", OF_ALL, MODEL_SHARE, 0, 0, 1, 0, 0, OF_ONE,
        "half the width around that mean (uniform, within 0 to 1)", "围绕均值的半宽（均匀分布）", NULL, 0 },
    { "season", OF_ALL, MODEL_NUMBER, MONTH, 0, 1e6, 1, MODEL_WEIGHTS, "relative to a day's average",
        "相对日均", "claims a day by month", "各月日均就诊强度", NULL, 0 },
    { "days.mean", OF_INPATIENT, MODEL_NUMBER, 0, 0, 200, 0, 0, "days", "天", "mean length of stay",
        "平均住院日", NULL, 0 },
    { "days.size", OF_INPATIENT, MODEL_NUMBER, 0, 0.01, 1e6, 2, 0, PURE,
        "size of the negative binomial of the length", "住院日负二项的 size 参数", NULL, 0 },
    { "days.cost_loading", OF_INPATIENT, MODEL_NUMBER, 0, -1, 1, 0, 0, "correlation", "相关系数",
        "of length and cost ranks", "住院日与费用排位相关", NULL, 0 },
    { "emergency.share", OF_INPATIENT, MODEL_SHARE, 0, 0, 1, 0, 0, OF_ONE,
        "stays that began with an emergency visit at the same institution", "由本院急诊转入的住院", NULL, 0 },
    { "drugs", OF_DRUG, MODEL_WHOLE, 0, 1, 99, 1, 0, "drugs", "种", "how many different drugs",
        "药品种数", NULL, 0 },
};

const int model_n_descriptors = (int)(sizeof model_descriptors / sizeof model_descriptors[0]);

const struct word *
model_words(enum model_dimension dimension, int *n)
{
    static const struct {
        const struct word *words;
        int n;
    } table[MODEL_DIMENSIONS] = {
        [MODEL_BY_STATUS] = { status_words, STATUS_COUNT },
        [MODEL_BY_SECTOR] = { sector_words, SECTOR_COUNT },
        [MODEL_BY_CHRONIC] = { model_chronic_words, MODEL_CHRONIC },
        [MODEL_BY_SPECIAL] = { model_special_words, MODEL_SPECIAL },
        [MODEL_BY_PROVIDER] = { provider_words, PROVIDER_COUNT },
        [MODEL_BY_CHANNEL] = { channel_words, CHANNEL_COUNT },
    };
    *n = table[dimension].n;
    return table[dimension].words;
}
