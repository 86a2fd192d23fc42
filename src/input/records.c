/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/records.h"

#include <string.h>

const struct word status_words[STATUS_COUNT] = {
    { "employee", "employee", "在职职工" },
    { "flexible", "flexible worker", "灵活就业人员" },
    { "retiree", "retiree", "退休人员" },
};
const struct word sector_words[SECTOR_COUNT] = {
    { "enterprise", "enterprise", "企业" },
    { "public", "public sector", "机关事业单位" },
};
const struct word sex_words[SEX_COUNT] = {
    { "female", "women", "女" },
    { "male", "men", "男" },
};
const struct word benefit_words[BENEFIT_COUNT] = {
    { "outpatient", "general outpatient", "普通门诊" },
    { "chronic", "chronic disease", "门诊慢性病" },
    { "special", "special disease", "门诊特殊病" },
    { "emergency", "emergency rescue", "急诊抢救" },
    { "negotiated_drug", "negotiated drug", "国家谈判药品" },
    { "day_surgery", "day surgery", "日间手术" },
    { "inpatient", "inpatient", "住院" },
};
const struct word provider_words[PROVIDER_COUNT] = {
    { "village", "village clinic or health station", "村卫生室、社区卫生服务站" },
    { "community", "township or community health centre", "乡镇卫生院、社区卫生服务中心" },
    { "level1", "level 1 hospital", "一级医院" },
    { "level2", "level 2 hospital", "二级医院" },
    { "level3", "level 3 hospital", "三级医院" },
    { "provincial3a", "provincial level 3A hospital", "省级三级甲等医院" },
};
const struct word channel_words[CHANNEL_COUNT] = {
    { "institution", "at the institution", "医疗机构" },
    { "psychiatric", "psychiatric institution", "精神专科" },
    { "pharmacy", "retail pharmacy", "定点零售药店" },
    { "internet", "internet", "互联网+" },
};
const struct word place_words[PLACE_COUNT] = {
    { "local", "local", "本地" },
    { "settled", "settled elsewhere", "异地长期居住" },
    { "referred", "referred elsewhere", "转诊" },
    { "temporary", "temporarily elsewhere", "临时外出" },
};

int
word_find(const struct word *words, int n, const char *text, size_t length)
{
    for (int i = 0; i < n; i++)
        if (strlen(words[i].key) == length && memcmp(words[i].key, text, length) == 0)
            return i;
    return -1;
}
