/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one list of a policy's parameters. A parameter is added here, and where the
 * engine compiles it (engine/rules.c). */
#include "input/policy.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))
#define YUAN(n) ((int64_t)(n) * 100)
#define PERCENT(n) ((int64_t)(n) * (RATIO_ONE / 100))

#define BY(d) (1u << DIMENSION_##d)
#define BY_PERSON (BY(STATUS) | BY(SECTOR) | BY(AGE))
#define BY_CASE (BY_PERSON | BY(PLACE) | BY(PROVIDER))

const struct word standing_words[STANDING_COUNT] = {
    { "document", "document", "文件规定" },
    { "reading", "reading", "文件未明，按此理解" },
    { "assumption", "assumption", "假设" },
};

static const struct word no_yes[] = { { "no", "no", "否" }, { "yes", "yes", "是" } };
static const struct word qualifications[] = {
    { "no", "no", "否" },
    { "yes", "yes", "是" },
    { "if_may_admit", "if it may admit patients", "具有住院资格的" },
};
static const struct word exclusions[] = {
    { "no", "no", "否" },
    { "between", "strictly between the first and last day", "首尾两日之间" },
    { "inclusive", "first and last day included", "含首尾两日" },
};
static const struct word deductible_periods[] = {
    { "none", "none", "不设" },
    { "visit", "visit or stay", "次" },
    { "month", "month", "月" },
    { "year", "calendar year", "自然年度" },
    { "drug_year", "drug and calendar year", "每种药品每自然年度" },
    { "disease_year", "disease and calendar year", "每个病种每自然年度" },
};
static const struct word benefit_choices[] = {
    { "none", "none", "无" },
    { "outpatient", "general outpatient", "普通门诊" },
    { "chronic", "chronic disease", "门诊慢性病" },
    { "special", "special disease", "门诊特殊病" },
    { "emergency", "emergency rescue", "急诊抢救" },
    { "negotiated_drug", "negotiated drug", "国家谈判药品" },
    { "day_surgery", "day surgery", "日间手术" },
    { "inpatient", "inpatient", "住院" },
};
static const struct word class_choices[] = {
    { "own", "the institution's own class", "就诊机构级别" },
    { "village", "village clinic or health station", "村卫生室、社区卫生服务站" },
    { "community", "township or community health centre", "乡镇卫生院、社区卫生服务中心" },
    { "level1", "level 1 hospital", "一级医院" },
    { "level2", "level 2 hospital", "二级医院" },
    { "level3", "level 3 hospital", "三级医院" },
    { "provincial3a", "provincial level 3A hospital", "省级三级甲等医院" },
};
static const struct word deductible_counts[] = {
    { "borne", "what the member bore", "已负担的起付金额" },
    { "eligible", "all eligible cost", "全部政策范围内费用" },
};
static const struct word overflow_rests[] = {
    { "paid_part", "eligible cost less what the paid part used up", "政策范围内费用减已支付部分所占费用" },
    { "unpaid_part", "what was cut off, at the own ratio", "被限额截去的支付额按本待遇比例还原" },
};
static const struct word cap_periods[] = {
    { "year", "calendar year", "自然年度" },
    { "month", "month", "月" },
    { "visit", "visit or stay", "次" },
};
static const struct word cap_objects[] = {
    { "fund", "what the fund pays", "统筹基金支付额" },
    { "eligible_cost", "eligible cost after the deductible", "起付标准以上的政策范围内费用" },
};
static const struct word status_changes[] = {
    { "next_month", "the month after", "次月" },
    { "same_month", "the same month", "当月" },
};
static const struct word benefit_changes[] = {
    { "same_day", "on the day", "当日" },
    { "next_month", "the month after", "次月" },
};
static const struct word stay_days[] = {
    { "discharge", "day of discharge", "出院日" },
    { "admission", "day of admission", "入院日" },
};
static const struct word family_orders[] = {
    { "person_id", "by person id", "按人员编号" },
    { "balance", "largest balance first", "余额多者先" },
};
static const struct word reserve_times[] = {
    { "same_year", "in the reserve before it is drawn on", "先计入储备金再动用" },
    { "next_year", "from the next year on", "次年起可动用" },
};
static const struct word surplus_times[] = {
    { "year_end", "at the year's end", "年末并入" },
    { "at_once", "before gaps are filled", "弥补缺口之前并入" },
};
static const struct word unfulfilled[] = {
    { "county_pays", "the county fills its whole gap", "由县全额自行弥补" },
    { "shares", "as if it were fulfilled", "同完成计划者分担" },
};
#define CHOICES(array) .choices = (array), .n_choices = COUNT(array), .maximum = COUNT(array) - 1

const struct descriptor policy_descriptors[] = {
    { "stays_settle", SECTION_READING, VALUE_CHOICE, 0, CHOICES(stay_days),
        .en = "Day on which a stay settles", .zh = "住院结算日", .reading = true },
    { "benefits_change", SECTION_READING, VALUE_CHOICE, 0, CHOICES(benefit_changes),
        .en = "Retirement changes benefits", .zh = "退休后待遇变更", .reading = true },

    { "treated_as", SECTION_BENEFIT, VALUE_CHOICE, 0, CHOICES(benefit_choices),
        .en = "Treated as", .zh = "按何待遇办理" },
    { "always_in_force", SECTION_BENEFIT, VALUE_CHOICE, 0, CHOICES(no_yes),
        .en = "In force on every date", .zh = "不受施行日期限制" },
    { "qualified", SECTION_BENEFIT, VALUE_CHOICE, BY(PROVIDER) | BY(CHANNEL),
        CHOICES(qualifications), .fallback = 1, .en = "Qualified institutions and channels",
        .zh = "纳入支付的机构与渠道" },
    { "paid_at", SECTION_BENEFIT, VALUE_CHOICE, BY(PLACE) | BY(PROVIDER) | BY(CHANNEL),
        CHOICES(no_yes), .fallback = 1, .en = "Paid by place of care", .zh = "按就医地是否支付",
        .reading = true },
    { "excluded_in_hospital", SECTION_BENEFIT, VALUE_CHOICE, 0, CHOICES(exclusions),
        .en = "Not paid while in hospital", .zh = "住院期间不支付", .reading = true },
    { "excluded_under_ltc", SECTION_BENEFIT, VALUE_CHOICE, 0, CHOICES(exclusions),
        .en = "Not paid under long-term specialised care", .zh = "长期护理医疗专护期间不支付", .reading = true },
    { "joins_admission", SECTION_BENEFIT, VALUE_CHOICE, 0, CHOICES(no_yes),
        .en = "A visit that turns into an admission joins the stay", .zh = "转本院住院的门诊并入住院" },
    { "advance_self_pay", SECTION_BENEFIT, VALUE_RATIO, BY_CASE, .maximum = PERCENT(100),
        .en = "Advance self-pay", .zh = "先行自付比例" },
    { "deductible.per", SECTION_BENEFIT, VALUE_CHOICE, 0, CHOICES(deductible_periods),
        .en = "Deductible is per", .zh = "起付标准计算周期" },
    { "deductible.amount", SECTION_BENEFIT, VALUE_MONEY, BY_CASE, .maximum = YUAN(1000000),
        .en = "Deductible", .zh = "起付标准" },
    { "deductible.same_as", SECTION_BENEFIT, VALUE_CHOICE, 0, CHOICES(benefit_choices),
        .en = "Deductible amounts are those of", .zh = "起付标准金额同" },
    { "deductible.share", SECTION_BENEFIT, VALUE_RATIO, 0, .maximum = PERCENT(1000),
        .fallback = PERCENT(100), .en = "Share of that deductible", .zh = "占该起付标准的比例" },
    { "deductible.shared_with", SECTION_BENEFIT, VALUE_CHOICE, 0, CHOICES(benefit_choices),
        .en = "Deductible is borne together with", .zh = "起付标准合并计算于" },
    { "deductible.counts", SECTION_BENEFIT, VALUE_CHOICE, 0, CHOICES(deductible_counts),
        .en = "What fills the deductible", .zh = "累计起付标准所计", .reading = true },
    { "deductible.past_cap", SECTION_BENEFIT, VALUE_CHOICE, 0, CHOICES(no_yes), .fallback = 1,
        .en = "Deductible goes on past the cap", .zh = "超限额后仍扣起付标准", .reading = true },
    { "ratio", SECTION_BENEFIT, VALUE_RATIO, BY_CASE, .maximum = PERCENT(100),
        .en = "Ratio", .zh = "支付比例" },
    { "ratio_same_as", SECTION_BENEFIT, VALUE_CHOICE, 0, CHOICES(benefit_choices),
        .en = "Ratio is that of", .zh = "支付比例同" },
    { "ratio_as_class", SECTION_BENEFIT, VALUE_CHOICE, BY(PLACE), CHOICES(class_choices),
        .en = "Ratio is that of provider class", .zh = "支付比例所按级别" },
    { "second_band.from", SECTION_BENEFIT, VALUE_MONEY, BY_PERSON, .maximum = YUAN(10000000),
        .fallback = FEN_MAX, .en = "Second band begins at eligible cost of the year past the deductible of",
        .zh = "第二段起点（年度起付标准以上费用）" },
    { "second_band.ratio", SECTION_BENEFIT, VALUE_RATIO, BY_CASE, .maximum = PERCENT(100),
        .en = "Ratio in the second band", .zh = "第二段支付比例" },
    { "counts_toward", SECTION_BENEFIT, VALUE_NAMES, 0, .en = "Counts toward the caps",
        .zh = "计入的支付限额" },
    { "overflow.to", SECTION_BENEFIT, VALUE_CHOICE, 0, CHOICES(benefit_choices),
        .en = "Past the cap paid as", .zh = "超过限额的费用按何待遇支付" },
    { "overflow.rest", SECTION_BENEFIT, VALUE_CHOICE, 0, CHOICES(overflow_rests),
        .en = "Eligible cost past the cap is", .zh = "超过限额的费用的计算", .reading = true },

    { "amount", SECTION_CAP, VALUE_MONEY, BY_PERSON, .maximum = YUAN(100000000), .needed = true,
        .en = "Cap", .zh = "最高支付限额" },
    { "per", SECTION_CAP, VALUE_CHOICE, 0, CHOICES(cap_periods), .en = "Cap is per",
        .zh = "限额计算周期", .reading = true },
    { "cap_on", SECTION_CAP, VALUE_CHOICE, 0, CHOICES(cap_objects), .en = "Cap limits",
        .zh = "限额所限", .reading = true },
    { "by_disease.psychiatric", SECTION_CAP, VALUE_MONEY, 0, .maximum = YUAN(100000000),
        .en = "Cap where a psychiatric disease is registered", .zh = "含精神病病种的限额" },
    { "by_disease.further", SECTION_CAP, VALUE_MONEY, 0, .maximum = YUAN(100000000),
        .en = "Cap grows with each further registered disease by", .zh = "每增加一个病种增加" },
    { "by_disease.at_most", SECTION_CAP, VALUE_MONEY, 0, .maximum = YUAN(100000000),
        .fallback = FEN_MAX, .en = "Cap over all diseases", .zh = "全部病种限额" },

    { "own_rate", SECTION_ACCOUNT, VALUE_RATIO, 0, .maximum = PERCENT(20),
        .fallback = PERCENT(2), .en = "Employee's own contribution", .zh = "职工个人缴费比例",
        .reading = true },
    { "employee_rate", SECTION_ACCOUNT, VALUE_RATIO, BY(AGE), .maximum = PERCENT(20),
        .needed = true, .en = "Employee's monthly credit, share of the base",
        .zh = "在职职工月划入比例（占缴费基数）" },
    { "flexible_rate", SECTION_ACCOUNT, VALUE_RATIO, BY(AGE), .maximum = PERCENT(20),
        .needed = true, .en = "Flexible member's monthly credit, share of the base",
        .zh = "灵活就业人员月划入比例（占缴费基数）" },
    { "retiree_fixed", SECTION_ACCOUNT, VALUE_MONEY, BY(SECTOR) | BY(AGE), .maximum = YUAN(10000),
        .en = "Retiree's monthly credit, fixed", .zh = "退休人员月定额" },
    { "retiree_per_year_of_age", SECTION_ACCOUNT, VALUE_MONEY, 0, .maximum = YUAN(100),
        .en = "Retiree's monthly credit for each year of age", .zh = "退休人员月划入（每岁）" },
    { "retiree_rate", SECTION_ACCOUNT, VALUE_RATIO, BY(SECTOR) | BY(AGE), .maximum = PERCENT(20),
        .en = "Retiree's monthly credit, share of the average pension",
        .zh = "退休人员月划入比例（占平均养老金）" },
    { "average_pension", SECTION_ACCOUNT, VALUE_MONEY, BY(SECTOR), .maximum = YUAN(100000),
        .en = "Monthly average basic pension", .zh = "月平均基本养老金" },
    { "interest", SECTION_ACCOUNT, VALUE_RATIO, 0, .maximum = PERCENT(20),
        .en = "Yearly interest on what is left of the balance carried over",
        .zh = "个人账户上年结转余额的年利率" },
    { "status_change", SECTION_ACCOUNT, VALUE_CHOICE, 0, CHOICES(status_changes), .needed = true,
        .en = "Retirement changes the credit from", .zh = "在职转退休后划入标准变更自" },
    { "credit_day", SECTION_ACCOUNT, VALUE_NUMBER, 0, .minimum = 1, .maximum = 28, .fallback = 1,
        .en = "Day of the month on which credits fall", .zh = "每月划入日", .unit_en = "",
        .unit_zh = "日", .reading = true },
    { "family_sharing", SECTION_ACCOUNT, VALUE_CHOICE, 0, CHOICES(no_yes),
        .en = "Family may use the account", .zh = "个人账户家庭共济", .reading = true },
    { "own_account_first", SECTION_ACCOUNT, VALUE_CHOICE, 0, CHOICES(no_yes), .fallback = 1,
        .en = "Own account before the family's", .zh = "本人账户优先", .reading = true },
    { "family_order", SECTION_ACCOUNT, VALUE_CHOICE, 0, CHOICES(family_orders),
        .en = "Order of the family's accounts", .zh = "家庭成员账户使用顺序", .reading = true },

    { "employer_rate", SECTION_CONTRIBUTION, VALUE_RATIO, 0, .maximum = PERCENT(30),
        .needed = true, .en = "Employer's contribution", .zh = "单位缴费比例" },
    { "flexible_rate", SECTION_CONTRIBUTION, VALUE_RATIO, 0, .maximum = PERCENT(30),
        .needed = true, .en = "Flexible member's contribution", .zh = "灵活就业人员缴费比例" },

    { "reserve_share", SECTION_POOLING, VALUE_RATIO, 0, .maximum = PERCENT(100), .needed = true,
        .en = "Reserve, share of the budgeted income", .zh = "风险储备金提取比例（占预算收入）" },
    { "city_share", SECTION_POOLING, VALUE_RATIO, 0, .maximum = PERCENT(100), .needed = true,
        .en = "City's share of what is left of a gap", .zh = "剩余缺口市级分担比例" },
    { "alert_threshold", SECTION_POOLING, VALUE_RATIO, 0, .maximum = PERCENT(1000),
        .needed = true, .en = "Risk rate beyond which the government is told",
        .zh = "上报市政府的风险率" },
    { "reserve_counts", SECTION_POOLING, VALUE_CHOICE, 0, CHOICES(reserve_times),
        .en = "The year's reserve contributions are", .zh = "当年提取的储备金", .reading = true },
    { "pool_surplus_joins", SECTION_POOLING, VALUE_CHOICE, 0, CHOICES(surplus_times),
        .en = "The year's surpluses join the pool", .zh = "当年结余并入市级累计结余", .reading = true },
    { "unfulfilled_plan", SECTION_POOLING, VALUE_CHOICE, 0, CHOICES(unfulfilled),
        .en = "Gap of a county that did not fulfil its plan", .zh = "未完成收支计划的县的缺口",
        .reading = true },
};
const int policy_n_descriptors = COUNT(policy_descriptors);
